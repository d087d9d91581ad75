// One move for each output. p.blocks is read on the host.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/moves.h"

void ek_cuda_split(const ek_split_t &p, const void *x, void *const *y, cudaStream_t stream) {
  int32_t row = 0;
  for (int32_t i = 0; i < p.outputs; ++i) {
    row += p.blocks[i];
  }
  for (int32_t i = 0, at = 0; i < p.outputs; at += p.blocks[i], ++i) {
    ek::rows(p.rows, p.blocks[i], at, row, 0, p.blocks[i], x, y[i], stream);
  }
}
