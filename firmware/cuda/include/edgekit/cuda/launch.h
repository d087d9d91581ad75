// How kernels are started: on the GPU, or by the host twin, whose cuda_runtime.h takes the place of NVIDIA's.
#ifndef EDGEKIT_CUDA_LAUNCH_H
#define EDGEKIT_CUDA_LAUNCH_H

#include <cuda_runtime.h>
#include <stdint.h>

#include "edgekit/walk.h"

namespace ek {

template <class... P, class... A>
void launch(void (*kernel)(P...), dim3 grid, dim3 block, cudaStream_t stream, const A &...arguments) {
#if defined(__CUDACC__)
  kernel<<<grid, block, 0, stream>>>(arguments...);
#else
  twin::launch([=] { kernel(arguments...); }, grid, block, stream);
#endif
}

constexpr int32_t THREADS = 128;

constexpr __host__ __device__ int32_t blocks(int32_t count, int32_t each) { return (count + each - 1) / each; }

// One thread for each of `count` things.
template <class... P, class... A>
void launch_each(void (*kernel)(P...), int32_t count, cudaStream_t stream, const A &...arguments) {
  launch(kernel, dim3(static_cast<unsigned>(blocks(count, THREADS))), dim3(THREADS), stream, arguments...);
}

inline __device__ int32_t thread_index() { return static_cast<int32_t>(blockIdx.x * blockDim.x + threadIdx.x); }

// Where thing `i` of a row-major walk over `dims` lies in an operand with `strides`.
inline __host__ __device__ int32_t place(int32_t i, const int32_t *dims, const int32_t *strides) {
  int32_t at = 0;
#pragma unroll
  for (int d = EK_RANK - 1; d >= 0; --d) {
    at += i % dims[d] * strides[d];
    i /= dims[d];
  }
  return at;
}

// Whether thing i lies at i.
inline bool contiguous(const int32_t *dims, const int32_t *strides) {
  int32_t step = 1;
  for (int d = EK_RANK - 1; d >= 0; step *= dims[d], --d) {
    if (dims[d] > 1 && strides[d] != step) {
      return false;
    }
  }
  return true;
}

inline __device__ int32_t byte_of(int32_t word, int index) { return static_cast<int8_t>(word >> 8 * index); }

inline __device__ int32_t word_of(int32_t a, int32_t b, int32_t c, int32_t d) {
  return static_cast<int32_t>((a & 0xff) | (b & 0xff) << 8 | (c & 0xff) << 16 | static_cast<uint32_t>(d & 0xff) << 24);
}

}  // namespace ek

#endif
