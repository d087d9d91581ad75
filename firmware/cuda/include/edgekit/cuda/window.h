// Windows over images, by tables of where each unit of a filter finds its input.
#ifndef EDGEKIT_CUDA_WINDOW_H
#define EDGEKIT_CUDA_WINDOW_H

#include "edgekit/cuda/launch.h"
#include "edgekit/cuda/products.h"

namespace ek {

// The window of one output pixel.
struct Corner {
  int32_t row, column, offset;  // in the input; bytes from its beginning
};

inline __device__ Corner corner(const ek_cuda_window_t &w, int32_t pixel) {
  const int32_t ox = pixel % w.out_w, oy = pixel / w.out_w % w.out_h, n = pixel / w.out_w / w.out_h;
  const int32_t row = oy * w.stride_h - w.pad_top, column = ox * w.stride_w - w.pad_left;
  return {row, column, ((n * w.in_h + row) * w.in_w + column) * w.in_c};
}

struct Tap {
  int32_t row, column, offset;
};

inline __device__ Tap tap(const ek_cuda_window_t &w, int32_t unit) {
  const int2 found = reinterpret_cast<const int2 *>(w.taps)[unit];
  return {found.x >> 16, static_cast<int16_t>(found.x & 0xffff), found.y};
}

inline __device__ bool inside(const ek_cuda_window_t &w, const Corner &c, const Tap &t) {
  return static_cast<uint32_t>(c.row + t.row) < static_cast<uint32_t>(w.in_h) &&
         static_cast<uint32_t>(c.column + t.column) < static_cast<uint32_t>(w.in_w);
}

}  // namespace ek

#endif
