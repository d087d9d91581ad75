// y[i] = table[x[i] + 128], four values a thread. x and y may be the same memory.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"

namespace {

__global__ void __launch_bounds__(ek::THREADS) lookup(const ek_lookup_t p, const int8_t *x, int8_t *y) {
  const int32_t i = 4 * ek::thread_index();
  const int8_t *table = p.table + 128;
  if (i + 3 < p.count) {
    const int32_t word = *reinterpret_cast<const int32_t *>(x + i);
    *reinterpret_cast<int32_t *>(y + i) = ek::word_of(table[ek::byte_of(word, 0)], table[ek::byte_of(word, 1)],
                                                      table[ek::byte_of(word, 2)], table[ek::byte_of(word, 3)]);
    return;
  }
  for (int32_t k = i; k < p.count; ++k) {
    y[k] = table[x[k]];
  }
}

}  // namespace

void ek_cuda_lookup(const ek_lookup_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::launch_each(lookup, ek::blocks(p.count, 4), stream, p, x, y);
}
