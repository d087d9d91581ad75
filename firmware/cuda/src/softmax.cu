// A warp for every row. x and y may be the same memory: a lane writes only what it alone still reads.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/warp.h"
#include "edgekit/softmax_row.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) softmax(const ek_softmax_t p, const int8_t *x, int8_t *y) {
  const int32_t row = ek::warp_index();
  if (row >= p.rows) {
    return;
  }
  x += row * p.count;
  y += row * p.count;
  int32_t largest = INT8_MIN;
  for (int32_t i = ek::lane(); i < p.count; i += ek::WARP) {
    largest = x[i] > largest ? x[i] : largest;
  }
  largest = ek::warp_largest(largest);
  int32_t sum = 0;
  for (int32_t i = ek::lane(); i < p.count; i += ek::WARP) {
    sum = ek_wrap_add(sum, ek_exponential_term(&p, largest - x[i]));
  }
  const ek_softmax_row_t found = ek_softmax_row(ek::warp_sum(sum));
  for (int32_t i = ek::lane(); i < p.count; i += ek::WARP) {
    y[i] = ek_softmax_value(&p, found, largest - x[i]);
  }
}

}  // namespace

void ek_cuda_softmax(const ek_softmax_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_warps(softmax, p.rows, stream, p, x, y);
}
