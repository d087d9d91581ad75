// Mean and sum: a warp for every output.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/warp.h"
#include "edgekit/values.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) reduce(const ek_reduce_t p, const int8_t *x, int8_t *y) {
  const int32_t i = ek::warp_index();
  if (i >= p.outputs) {
    return;
  }
  const int8_t *from = x + ek::place(i, p.dims, p.strides);
  int32_t sum = 0;
  for (int32_t t = ek::lane(); t < p.terms; t += ek::WARP) {
    sum += from[ek::place(t, p.reduced_dims, p.reduced_strides)];
  }
  sum = ek::warp_sum(sum);
  if (ek::lane() == 0) {
    y[i] = ek_reduce_value(&p, sum);
  }
}

}  // namespace

void ek_cuda_reduce(const ek_reduce_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_warps(reduce, p.outputs, stream, p, x, y);
}
