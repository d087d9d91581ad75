#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"
#include "edgekit/real.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) quantize(const ek_quantize_t p, const float *x, int8_t *y) {
  const int32_t i = ek::thread_index();
  if (i < p.count) {
    y[i] = ek_to_int8(x[i], p.scale, p.zero_point);
  }
}

}  // namespace

void ek_cuda_quantize(const ek_quantize_t &p, const float *x, int8_t *y, cudaStream_t stream) {
  ek::launch_each(quantize, p.count, stream, p, x, y);
}
