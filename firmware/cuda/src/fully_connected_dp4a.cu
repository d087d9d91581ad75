// Fully connected layer of few rows, which is as fast as its weights are read: a warp for every output, its lanes side by side
// over the filter.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/products.h"
#include "edgekit/cuda/warp.h"
#include "edgekit/values.h"

namespace {

inline __device__ int32_t dot(int32_t acc, int8_t x, int8_t w) { return ek_wrap_add(acc, x * w); }

inline __device__ int32_t dot(int32_t acc, int32_t x, int32_t w) { return __dp4a(x, w, acc); }

inline __device__ int32_t dot(int32_t acc, int4 x, int4 w) {
  return dot(dot(dot(dot(acc, x.x, w.x), x.y, w.y), x.z, w.z), x.w, w.w);
}

template <class Word>
__global__ void __launch_bounds__(ek::THREADS)
    fully_connected(const ek_cuda_fully_connected_t p, const int8_t *x, int8_t *y) {
  const int32_t i = ek::warp_index();
  if (i >= p.batches * p.out_c) {
    return;
  }
  const int32_t co = i % p.out_c;
  const Word *left = reinterpret_cast<const Word *>(x + i / p.out_c * p.in_c);
  const Word *right = reinterpret_cast<const Word *>(p.weights + co * p.in_c);
  int32_t acc = 0;
  for (int32_t k = ek::lane(); k < p.in_c / static_cast<int32_t>(sizeof(Word)); k += ek::WARP) {
    acc = dot(acc, left[k], right[k]);
  }
  acc = ek_wrap_add(p.bias[co], ek::warp_sum(acc));
  if (ek::lane() == 0) {
    y[i] = ek_requantize_int8(acc, p.multiplier[co], p.shift[co], p.out_zero, p.low, p.high);
  }
}

}  // namespace

void ek_cuda_fully_connected_dp4a(const ek_cuda_fully_connected_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  const int32_t warps = p.batches * p.out_c;
  if (p.in_c % 16 == 0) {
    ek::launch_warps(fully_connected<int4>, warps, stream, p, x, y);
  } else if (p.in_c % 4 == 0) {
    ek::launch_warps(fully_connected<int32_t>, warps, stream, p, x, y);
  } else {
    ek::launch_warps(fully_connected<int8_t>, warps, stream, p, x, y);
  }
}
