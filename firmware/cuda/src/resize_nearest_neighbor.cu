#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) resize_nearest_neighbor(const ek_resize_nearest_neighbor_t p, const uint8_t *x, uint8_t *y) {
  const int32_t i = ek::thread_index();
  if (i >= p.batches * p.out_h * p.out_w * p.pixel) {
    return;
  }
  const int32_t place = i / p.pixel;
  const int32_t column = p.columns[place % p.out_w], row = p.rows[place / p.out_w % p.out_h];
  y[i] = x[((place / p.out_w / p.out_h * p.in_h + row) * p.in_w + column) * p.pixel + i % p.pixel];
}

}  // namespace

void ek_cuda_resize_nearest_neighbor(const ek_resize_nearest_neighbor_t &p, const void *x, void *y,
                                     cudaStream_t stream) {
  ek::launch_each(resize_nearest_neighbor, p.batches * p.out_h * p.out_w * p.pixel, stream, p, static_cast<const uint8_t *>(x),
                  static_cast<uint8_t *>(y));
}
