// Depthwise convolution, four channels of one pixel a thread: four taps of four channels are four words, whose bytes change
// places so that dp4a adds up the taps of each channel.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/window.h"
#include "edgekit/values.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS)
    depthwise_conv_2d_dp4a(const ek_cuda_depthwise_conv_2d_t p, const int8_t *x, int8_t *y) {
  const ek_cuda_window_t &w = p.window;
  const int32_t i = ek::thread_index(), words = w.in_c / 4;
  const int32_t pixel = i / words, c = i % words * 4;
  if (pixel >= w.batches * w.out_h * w.out_w) {
    return;
  }
  const ek::Corner corner = ek::corner(w, pixel);
  const int32_t zero = ek::word_of(p.in_zero, p.in_zero, p.in_zero, p.in_zero);
  const int4 *weights = reinterpret_cast<const int4 *>(p.weights) + c / 4 * p.quads;
  int32_t acc[4] = {p.bias[c], p.bias[c + 1], p.bias[c + 2], p.bias[c + 3]};
  for (int32_t quad = 0; quad < p.quads; ++quad) {
    uint32_t word[4];
#pragma unroll
    for (int k = 0; k < 4; ++k) {
      const ek::Tap tap = ek::tap(w, 4 * quad + k);
      word[k] = static_cast<uint32_t>(
          ek::inside(w, corner, tap) ? *reinterpret_cast<const int32_t *>(x + (corner.offset + tap.offset + c)) : zero);
    }
    const uint32_t low01 = __byte_perm(word[0], word[1], 0x5140), high01 = __byte_perm(word[0], word[1], 0x7362);
    const uint32_t low23 = __byte_perm(word[2], word[3], 0x5140), high23 = __byte_perm(word[2], word[3], 0x7362);
    const int4 right = weights[quad];
    acc[0] = __dp4a(static_cast<int32_t>(__byte_perm(low01, low23, 0x5410)), right.x, acc[0]);
    acc[1] = __dp4a(static_cast<int32_t>(__byte_perm(low01, low23, 0x7632)), right.y, acc[1]);
    acc[2] = __dp4a(static_cast<int32_t>(__byte_perm(high01, high23, 0x5410)), right.z, acc[2]);
    acc[3] = __dp4a(static_cast<int32_t>(__byte_perm(high01, high23, 0x7632)), right.w, acc[3]);
  }
  int32_t found[4];
#pragma unroll
  for (int k = 0; k < 4; ++k) {
    found[k] = ek_requantize_int8(acc[k], p.multiplier[c + k], p.shift[c + k], p.out_zero, p.low, p.high);
  }
  *reinterpret_cast<int32_t *>(y + pixel * w.in_c + c) = ek::word_of(found[0], found[1], found[2], found[3]);
}

}  // namespace

void ek_cuda_depthwise_conv_2d_dp4a(const ek_cuda_depthwise_conv_2d_t &p, const int8_t *x, int8_t *y,
                                    cudaStream_t stream) {
  const ek_cuda_window_t &w = p.window;
  ek::launch_each(depthwise_conv_2d_dp4a, w.batches * w.out_h * w.out_w * (w.in_c / 4), stream, p, x, y);
}
