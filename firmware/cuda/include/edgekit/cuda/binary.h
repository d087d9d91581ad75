// Operators of two int8 values, broadcast. y may be the memory of an input that is not broadcast.
#ifndef EDGEKIT_CUDA_BINARY_H
#define EDGEKIT_CUDA_BINARY_H

#include "edgekit/cuda/launch.h"
#include "edgekit/values.h"

namespace ek {

// Both inputs have the output's shape: four values a thread, in words. The last word may be short.
template <class P, int8_t (*VALUE)(const P *, int32_t, int32_t)>
__global__ void __launch_bounds__(THREADS) binary_flat(const P p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int32_t i = 4 * thread_index();
  if (i + 3 < p.count) {
    const int32_t wa = *reinterpret_cast<const int32_t *>(a + i);
    const int32_t wb = *reinterpret_cast<const int32_t *>(b + i);
    int32_t found[4];
#pragma unroll
    for (int k = 0; k < 4; ++k) {
      found[k] = VALUE(&p, byte_of(wa, k), byte_of(wb, k));
    }
    *reinterpret_cast<int32_t *>(y + i) = word_of(found[0], found[1], found[2], found[3]);
    return;
  }
  for (int32_t k = i; k < p.count; ++k) {
    y[k] = VALUE(&p, a[k], b[k]);
  }
}

template <class P, int8_t (*VALUE)(const P *, int32_t, int32_t)>
__global__ void __launch_bounds__(THREADS) binary_walk(const P p, const int8_t *a, const int8_t *b, int8_t *y) {
  const int32_t i = thread_index();
  if (i < p.count) {
    y[i] = VALUE(&p, a[place(i, p.dims, p.stride_a)], b[place(i, p.dims, p.stride_b)]);
  }
}

template <class P, int8_t (*VALUE)(const P *, int32_t, int32_t)>
void binary(const P &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream) {
  if (contiguous(p.dims, p.stride_a) && contiguous(p.dims, p.stride_b)) {
    launch_each(binary_flat<P, VALUE>, blocks(p.count, 4), stream, p, a, b, y);
  } else {
    launch_each(binary_walk<P, VALUE>, p.count, stream, p, a, b, y);
  }
}

}  // namespace ek

#endif
