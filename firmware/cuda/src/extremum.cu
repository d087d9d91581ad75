#include "edgekit/cuda/binary.h"
#include "edgekit/cuda/kernels.h"

void ek_cuda_extremum(const ek_extremum_t &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream) {
  ek::binary<ek_extremum_t, ek_extremum_value>(p, a, b, y, stream);
}
