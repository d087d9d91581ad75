#include "edgekit/cuda/binary.h"
#include "edgekit/cuda/kernels.h"

void ek_cuda_mul(const ek_mul_t &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream) {
  ek::binary<ek_mul_t, ek_mul_value>(p, a, b, y, stream);
}
