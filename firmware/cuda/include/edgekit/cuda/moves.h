// Moving bytes in the largest words that lie whole in everything moved.
#ifndef EDGEKIT_CUDA_MOVES_H
#define EDGEKIT_CUDA_MOVES_H

#include <initializer_list>

#include "edgekit/cuda/launch.h"

namespace ek {

// The number of the largest unit (16, 4 or 1 bytes) that divides all of these.
inline int32_t unit(std::initializer_list<int32_t> sizes) {
  int32_t all = 0;
  for (const int32_t size : sizes) {
    all |= size;
  }
  return all % 16 == 0 ? 16 : (all % 4 == 0 ? 4 : 1);
}

// `rows` rows of `width` units, the first of each `from_step` and `to_step` units after that of the one before.
template <class Word>
__global__ void __launch_bounds__(THREADS) move_rows(int32_t rows, int32_t width, int32_t from_step, int32_t to_step,
                                                     const Word *from, Word *to) {
  const int32_t i = thread_index();
  if (i < rows * width) {
    to[i / width * to_step + i % width] = from[i / width * from_step + i % width];
  }
}

template <class Word>
void launch_rows(int32_t rows, int32_t width, int32_t from_step, int32_t to_step, const void *from, void *to,
                 cudaStream_t stream) {
  const int32_t n = static_cast<int32_t>(sizeof(Word));
  launch_each(move_rows<Word>, rows * (width / n), stream, rows, width / n, from_step / n, to_step / n,
              static_cast<const Word *>(from), static_cast<Word *>(to));
}

// Sizes in bytes; `from_start` and `to_start` are those before the first row.
inline void rows(int32_t count, int32_t width, int32_t from_start, int32_t from_step, int32_t to_start, int32_t to_step,
                 const void *from, void *to, cudaStream_t stream) {
  const void *x = static_cast<const uint8_t *>(from) + from_start;
  void *y = static_cast<uint8_t *>(to) + to_start;
  switch (unit({width, from_start, from_step, to_start, to_step})) {
    case 16:
      return launch_rows<int4>(count, width, from_step, to_step, x, y, stream);
    case 4:
      return launch_rows<int32_t>(count, width, from_step, to_step, x, y, stream);
    default:
      return launch_rows<uint8_t>(count, width, from_step, to_step, x, y, stream);
  }
}

}  // namespace ek

#endif
