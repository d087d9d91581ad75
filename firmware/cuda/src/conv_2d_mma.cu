// Convolution on tensor cores (mma.sync.m16n8k32, compute capability 8.0 and up): the block's four warps share its tile.
// Fragments are laid out as the PTX manual says: of lane l, group g = l / 4 and place t = l % 4, the left operand's words are
// (row g, word t), (g + 8, t), (g, t + 4), (g + 8, t + 4), the right one's (column g, word t), (g, t + 4), and the sums are
// (g, 2t), (g, 2t + 1), (g + 8, 2t), (g + 8, 2t + 1).
#include "edgekit/cuda/conv_2d.h"
#include "edgekit/cuda/kernels.h"

namespace {

__device__ void mma(int32_t (&c)[4], const int32_t (&a)[4], const int32_t (&b)[2]) {
#if defined(__CUDA_ARCH__) && __CUDA_ARCH__ >= 800
  asm volatile(
      "mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
      : "+r"(c[0]), "+r"(c[1]), "+r"(c[2]), "+r"(c[3])
      : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#elif defined(__CUDACC__)
  __trap();  // not generated for such GPUs
#else
  twin::mma_m16n8k32(c, a, b);
#endif
}

template <int32_t M, int32_t N, int32_t WARP_ROWS>
struct Mma {
  static constexpr int32_t BM = M, BN = N, WARP_COLUMNS = ek::THREADS / 32 / WARP_ROWS;
  static constexpr int32_t DOWN = M / WARP_ROWS / 16, ACROSS = N / WARP_COLUMNS / 8;  // products of a warp
  int32_t acc[DOWN][ACROSS][4];
  int32_t row, column, group, place;

  __device__ Mma() : acc{} {
    const int32_t thread = static_cast<int32_t>(threadIdx.x), warp = thread / 32;
    row = warp % WARP_ROWS * DOWN * 16;
    column = warp / WARP_ROWS * ACROSS * 8;
    group = thread % 32 / 4;
    place = thread % 4;
  }

  __device__ void multiply(const int32_t (*a)[ek::PITCH], const int32_t (*b)[ek::PITCH], int32_t bytes) {
    for (int32_t word = place; word < bytes / 4; word += 8) {
      int32_t right[ACROSS][2];
#pragma unroll
      for (int j = 0; j < ACROSS; ++j) {
        const int32_t *from = b[column + j * 8 + group];
        right[j][0] = from[word];
        right[j][1] = from[word + 4];
      }
#pragma unroll
      for (int i = 0; i < DOWN; ++i) {
        const int32_t *upper = a[row + i * 16 + group], *lower = a[row + i * 16 + group + 8];
        const int32_t left[4] = {upper[word], lower[word], upper[word + 4], lower[word + 4]};
#pragma unroll
        for (int j = 0; j < ACROSS; ++j) {
          mma(acc[i][j], left, right[j]);
        }
      }
    }
  }

  template <class F>
  __device__ void each(const F &f) const {
#pragma unroll
    for (int i = 0; i < DOWN; ++i) {
#pragma unroll
      for (int j = 0; j < ACROSS; ++j) {
#pragma unroll
        for (int k = 0; k < 4; ++k) {
          f(row + i * 16 + group + k / 2 * 8, column + j * 8 + 2 * place + k % 2, acc[i][j][k]);
        }
      }
    }
  }
};

}  // namespace

void ek_cuda_conv_2d_mma(const ek_cuda_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  ek::choose_conv_2d<Mma>(p, x, y, stream);
}
