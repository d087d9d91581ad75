// Transposition, strided slices, plain copies: a thread for every unit of every block.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/moves.h"

namespace {

template <class Word>
__global__ void __launch_bounds__(ek::THREADS) copy(const ek_copy_t p, const uint8_t *x, Word *y) {
  const int32_t i = ek::thread_index();
  const int32_t width = p.block / static_cast<int32_t>(sizeof(Word));
  if (i < p.count * width) {
    const int32_t from = p.start + ek::place(i / width, p.dims, p.strides);
    y[i] = reinterpret_cast<const Word *>(x + from)[i % width];
  }
}

template <class Word>
void launch_copy(const ek_copy_t &p, const void *x, void *y, cudaStream_t stream) {
  ek::launch_each(copy<Word>, p.count * (p.block / static_cast<int32_t>(sizeof(Word))), stream, p,
                  static_cast<const uint8_t *>(x), static_cast<Word *>(y));
}

}  // namespace

void ek_cuda_copy(const ek_copy_t &p, const void *x, void *y, cudaStream_t stream) {
  const int32_t *s = p.strides;
  switch (ek::unit({p.block, p.start, s[0], s[1], s[2], s[3], s[4], s[5]})) {
    case 16:
      return launch_copy<int4>(p, x, y, stream);
    case 4:
      return launch_copy<int32_t>(p, x, y, stream);
    default:
      return launch_copy<uint8_t>(p, x, y, stream);
  }
}
