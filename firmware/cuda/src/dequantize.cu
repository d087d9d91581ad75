#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"
#include "edgekit/real.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) dequantize(const ek_dequantize_t p, const int8_t *x, float *y) {
  const int32_t i = ek::thread_index();
  if (i < p.count) {
    y[i] = ek_to_real(x[i], p.scale, p.zero_point);
  }
}

}  // namespace

void ek_cuda_dequantize(const ek_dequantize_t &p, const int8_t *x, float *y, cudaStream_t stream) {
  ek::launch_each(dequantize, p.count, stream, p, x, y);
}
