// Each output is gathered from the inputs that reach it: a warp for every output, its lanes over the input's channels.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/warp.h"
#include "edgekit/values.h"

namespace {

// Of a kernel's taps along an axis those of one remainder by the stride, and those of smaller ones: weights are in phases.
struct Phase {
  int32_t taps, before;
};

__device__ Phase phase_of(int32_t remainder, int32_t kernel, int32_t stride) {
  const int32_t whole = kernel / stride, rest = kernel % stride;
  return {whole + (remainder < rest), remainder * whole + (remainder < rest ? remainder : rest)};
}

__global__ void __launch_bounds__(ek::THREADS) transpose_conv(const ek_transpose_conv_t p, const int8_t *x, int8_t *y) {
  const int32_t i = ek::warp_index();
  const int32_t co = i % p.out_c, ox = i / p.out_c % p.out_w, row = i / p.out_c / p.out_w;
  const int32_t n = row / p.out_h;
  if (n >= p.batches) {
    return;
  }
  const int32_t down = row % p.out_h + p.pad_top, across = ox + p.pad_left;
  const Phase v = phase_of(down % p.stride_h, p.kernel_h, p.stride_h), h = phase_of(across % p.stride_w, p.kernel_w, p.stride_w);
  const int8_t *w = p.weights + ((co * p.kernel_h + v.before) * p.kernel_w + v.taps * h.before) * p.in_c;
  int32_t acc = 0;
  for (int32_t ky = down % p.stride_h; ky < p.kernel_h && ky <= down; ky += p.stride_h) {
    const int32_t iy = (down - ky) / p.stride_h;
    for (int32_t kx = across % p.stride_w; kx < p.kernel_w && kx <= across; kx += p.stride_w) {
      const int32_t ix = (across - kx) / p.stride_w;
      if (iy >= p.in_h || ix >= p.in_w) {
        continue;
      }
      const int8_t *from = x + ((n * p.in_h + iy) * p.in_w + ix) * p.in_c;
      const int8_t *weights = w + ((v.taps - 1 - ky / p.stride_h) * h.taps + h.taps - 1 - kx / p.stride_w) * p.in_c;
      for (int32_t c = ek::lane(); c < p.in_c; c += ek::WARP) {
        acc = ek_wrap_add(acc, (from[c] - p.in_zero) * weights[c]);
      }
    }
  }
  acc = ek_wrap_add(p.bias[co], ek::warp_sum(acc));
  if (ek::lane() == 0) {
    y[i] = ek_requantize_int8(acc, p.multiplier[co], p.shift[co], p.out_zero, p.low, p.high);
  }
}

}  // namespace

void ek_cuda_transpose_conv(const ek_transpose_conv_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_warps(transpose_conv, p.batches * p.out_h * p.out_w * p.out_c, stream, p, x, y);
}
