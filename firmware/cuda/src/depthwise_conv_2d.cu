// Depthwise convolution of any number of channels, with any multiplier of them: a thread for every output.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"
#include "edgekit/values.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) depthwise_conv_2d(const ek_depthwise_conv_2d_t p, const int8_t *x, int8_t *y) {
  const int32_t i = ek::thread_index(), out_c = p.in_c * p.depth_multiplier;
  const int32_t co = i % out_c, ox = i / out_c % p.out_w, row = i / out_c / p.out_w;
  const int32_t n = row / p.out_h;
  if (n >= p.batches) {
    return;
  }
  const int32_t top = row % p.out_h * p.stride_h - p.pad_top, left = ox * p.stride_w - p.pad_left;
  int32_t acc = p.bias[co];
  for (int32_t ky = 0; ky < p.kernel_h; ++ky) {
    for (int32_t kx = 0; kx < p.kernel_w; ++kx) {
      const int32_t iy = top + ky * p.dilation_h, ix = left + kx * p.dilation_w;
      if (iy >= 0 && iy < p.in_h && ix >= 0 && ix < p.in_w) {
        const int32_t value = x[((n * p.in_h + iy) * p.in_w + ix) * p.in_c + co / p.depth_multiplier] - p.in_zero;
        acc = ek_wrap_add(acc, value * p.weights[(ky * p.kernel_w + kx) * out_c + co]);
      }
    }
  }
  y[i] = ek_requantize_int8(acc, p.multiplier[co], p.shift[co], p.out_zero, p.low, p.high);
}

}  // namespace

void ek_cuda_depthwise_conv_2d(const ek_depthwise_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_each(depthwise_conv_2d, p.batches * p.out_h * p.out_w * p.in_c * p.depth_multiplier, stream, p, x, y);
}
