// One move for each input. p.blocks is read on the host.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/moves.h"

void ek_cuda_concatenation(const ek_concatenation_t &p, const void *const *x, void *y, cudaStream_t stream) {
  int32_t row = 0;
  for (int32_t i = 0; i < p.inputs; ++i) {
    row += p.blocks[i];
  }
  for (int32_t i = 0, at = 0; i < p.inputs; at += p.blocks[i], ++i) {
    ek::rows(p.rows, p.blocks[i], 0, p.blocks[i], at, row, x[i], y, stream);
  }
}
