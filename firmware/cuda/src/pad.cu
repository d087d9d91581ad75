// The border everywhere, then the blocks of x where they belong: a thread for every byte.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) pad_border(const ek_pad_t p, int8_t *y) {
  const int32_t i = ek::thread_index();
  if (i < p.bytes) {
    y[i] = static_cast<int8_t>(p.value);
  }
}

__global__ void __launch_bounds__(ek::THREADS) pad_inside(const ek_pad_t p, const int8_t *x, int8_t *y) {
  const int32_t i = ek::thread_index();
  if (i < p.count * p.block) {
    y[p.start + ek::place(i / p.block, p.dims, p.strides) + i % p.block] = x[i];
  }
}

}  // namespace

void ek_cuda_pad(const ek_pad_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_each(pad_border, p.bytes, stream, p, y);
  ek::launch_each(pad_inside, p.count * p.block, stream, p, x, y);
}
