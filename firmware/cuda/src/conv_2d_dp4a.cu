// Convolution with products of four bytes (dp4a): a thread has every 16th pixel and every 8th channel of its block's tile.
#include "edgekit/cuda/conv_2d.h"
#include "edgekit/cuda/kernels.h"

namespace {

template <int32_t M, int32_t N, int32_t WARP_ROWS>
struct Dp4a {
  static constexpr int32_t BM = M, BN = N, DOWN = 16, ACROSS = 8;
  int32_t acc[M / DOWN][N / ACROSS];
  int32_t row, column;

  __device__ Dp4a() : acc{}, row(static_cast<int32_t>(threadIdx.x) / ACROSS), column(static_cast<int32_t>(threadIdx.x) % ACROSS) {}

  __device__ void multiply(const int32_t (*a)[ek::PITCH], const int32_t (*b)[ek::PITCH], int32_t bytes) {
    for (int32_t word = 0; word < bytes / 4; word += 4) {
      int4 right[N / ACROSS];
#pragma unroll
      for (int j = 0; j < N / ACROSS; ++j) {
        right[j] = *reinterpret_cast<const int4 *>(&b[column + j * ACROSS][word]);
      }
#pragma unroll
      for (int i = 0; i < M / DOWN; ++i) {
        const int4 left = *reinterpret_cast<const int4 *>(&a[row + i * DOWN][word]);
#pragma unroll
        for (int j = 0; j < N / ACROSS; ++j) {
          acc[i][j] = __dp4a(left.x, right[j].x, acc[i][j]);
          acc[i][j] = __dp4a(left.y, right[j].y, acc[i][j]);
          acc[i][j] = __dp4a(left.z, right[j].z, acc[i][j]);
          acc[i][j] = __dp4a(left.w, right[j].w, acc[i][j]);
        }
      }
    }
  }

  template <class F>
  __device__ void each(const F &f) const {
#pragma unroll
    for (int i = 0; i < M / DOWN; ++i) {
#pragma unroll
      for (int j = 0; j < N / ACROSS; ++j) {
        f(row + i * DOWN, column + j * ACROSS, acc[i][j]);
      }
    }
  }
};

}  // namespace

void ek_cuda_conv_2d_dp4a(const ek_cuda_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::choose_conv_2d<Dp4a>(p, x, y, stream);
}
