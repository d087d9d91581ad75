#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"
#include "edgekit/values.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) resize_bilinear(const ek_resize_bilinear_t p, const int8_t *x, int8_t *y) {
  const int32_t i = ek::thread_index();
  const int32_t c = i % p.channels, j = i / p.channels % p.out_w, pixel_row = i / p.channels / p.out_w;
  const int32_t n = pixel_row / p.out_h;
  if (n >= p.batches) {
    return;
  }
  const ek_place_t row = ek_place(pixel_row % p.out_h, p.scale_h, p.offset_h, p.in_h);
  const ek_place_t column = ek_place(j, p.scale_w, p.offset_w, p.in_w);
  const int32_t row_step = p.in_w * p.channels;
  const int8_t *upper = x + (n * p.in_h + row.first) * row_step + c;
  const int8_t *lower = x + (n * p.in_h + row.second) * row_step + c;
  const int32_t left = column.first * p.channels, right = column.second * p.channels;
  y[i] = ek_blend_value(ek_blend(upper[left], lower[left], row.weight), ek_blend(upper[right], lower[right], row.weight),
                        column.weight);
}

}  // namespace

void ek_cuda_resize_bilinear(const ek_resize_bilinear_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_each(resize_bilinear, p.batches * p.out_h * p.out_w * p.channels, stream, p, x, y);
}
