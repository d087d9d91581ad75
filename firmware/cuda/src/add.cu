#include "edgekit/cuda/binary.h"
#include "edgekit/cuda/kernels.h"

void ek_cuda_add(const ek_add_t &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream) {
  ek::binary<ek_add_t, ek_add_value>(p, a, b, y, stream);
}
