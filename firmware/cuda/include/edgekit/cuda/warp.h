// Reductions over the 32 lanes of a warp; every lane gets the result.
#ifndef EDGEKIT_CUDA_WARP_H
#define EDGEKIT_CUDA_WARP_H

#include "edgekit/arch.h"
#include "edgekit/cuda/launch.h"

namespace ek {

constexpr int32_t WARP = 32;
constexpr int32_t WARPS = THREADS / WARP;
constexpr unsigned ALL_LANES = 0xffffffffU;

inline __device__ int32_t lane() { return static_cast<int32_t>(threadIdx.x) % WARP; }

// The warp's number in the grid: what it works on.
inline __device__ int32_t warp_index() { return thread_index() / WARP; }

// Wraps around, as every sum of accumulators does.
inline __device__ int32_t warp_sum(int32_t value) {
#pragma unroll
  for (int step = WARP / 2; step > 0; step /= 2) {
    value = ek_wrap_add(value, __shfl_xor_sync(ALL_LANES, value, step));
  }
  return value;
}

inline __device__ int32_t warp_largest(int32_t value) {
#pragma unroll
  for (int step = WARP / 2; step > 0; step /= 2) {
    const int32_t other = __shfl_xor_sync(ALL_LANES, value, step);
    value = other > value ? other : value;
  }
  return value;
}

// One warp for each of `count` things.
template <class... P, class... A>
void launch_warps(void (*kernel)(P...), int32_t count, cudaStream_t stream, const A &...arguments) {
  launch(kernel, dim3(static_cast<unsigned>(blocks(count, WARPS))), dim3(THREADS), stream, arguments...);
}

}  // namespace ek

#endif
