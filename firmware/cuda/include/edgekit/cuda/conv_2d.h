// Convolution as a matrix product (output pixels, filter) x (filter, channels) whose left operand is gathered from the image on
// the way into shared memory. A block computes BM pixels of BN channels, 64 bytes of the filter at a time; while it computes,
// the next 64 bytes are on their way into registers.
#ifndef EDGEKIT_CUDA_CONV_2D_H
#define EDGEKIT_CUDA_CONV_2D_H

#include "edgekit/cuda/window.h"
#include "edgekit/values.h"

namespace ek {

constexpr int32_t CHUNK = 16, STEP = 64;         // bytes: of a load, of the filter at a time
constexpr int32_t CHUNKS = STEP / CHUNK;         // of a row
constexpr int32_t ROWS = THREADS / CHUNKS;       // rows that the block loads at once
constexpr int32_t PITCH = STEP / 4 + 4;          // words of a row in shared memory: lanes meet in no bank

template <int32_t BM, int32_t BN>
struct Tiles {
  alignas(16) int32_t a[2][BM][PITCH], b[2][BN][PITCH];
};

// 16 bytes of a window in units of that many bytes; outside the image they are `zero`, four times the zero point.
template <int32_t UNIT>
struct Gather;

template <>
struct Gather<16> {
  static __device__ int4 load(const ek_cuda_window_t &w, const int8_t *x, const Corner &c, const Tap *taps, int32_t zero) {
    return inside(w, c, taps[0]) ? *reinterpret_cast<const int4 *>(x + (c.offset + taps[0].offset))
                                 : make_int4(zero, zero, zero, zero);
  }
};

template <>
struct Gather<4> {
  static __device__ int32_t word(const ek_cuda_window_t &w, const int8_t *x, const Corner &c, const Tap &t, int32_t zero) {
    return inside(w, c, t) ? *reinterpret_cast<const int32_t *>(x + (c.offset + t.offset)) : zero;
  }
  static __device__ int4 load(const ek_cuda_window_t &w, const int8_t *x, const Corner &c, const Tap *taps, int32_t zero) {
    return make_int4(word(w, x, c, taps[0], zero), word(w, x, c, taps[1], zero), word(w, x, c, taps[2], zero),
                     word(w, x, c, taps[3], zero));
  }
};

template <>
struct Gather<1> {
  static __device__ int32_t byte(const ek_cuda_window_t &w, const int8_t *x, const Corner &c, const Tap &t, int32_t zero) {
    return inside(w, c, t) ? x[c.offset + t.offset] : zero;
  }
  static __device__ int32_t word(const ek_cuda_window_t &w, const int8_t *x, const Corner &c, const Tap *taps,
                                 int32_t zero) {
    return word_of(byte(w, x, c, taps[0], zero), byte(w, x, c, taps[1], zero), byte(w, x, c, taps[2], zero),
                   byte(w, x, c, taps[3], zero));
  }
  static __device__ int4 load(const ek_cuda_window_t &w, const int8_t *x, const Corner &c, const Tap *taps, int32_t zero) {
    return make_int4(word(w, x, c, taps, zero), word(w, x, c, taps + 4, zero), word(w, x, c, taps + 8, zero),
                     word(w, x, c, taps + 12, zero));
  }
};

// `Product` holds a thread's accumulators: multiply(a, b, bytes) adds a step's products, each(f) calls f(row, column, acc).
template <class Product, int32_t UNIT>
__global__ void __launch_bounds__(THREADS) conv_2d(const ek_cuda_conv_2d_t p, const int8_t *x, int8_t *y) {
  constexpr int32_t BM = Product::BM, BN = Product::BN, A = BM / ROWS, B = blocks(BN, ROWS), UNITS = CHUNK / UNIT;
  __shared__ Tiles<BM, BN> tiles;
  const int32_t thread = static_cast<int32_t>(threadIdx.x);
  const int32_t row = thread / CHUNKS, chunk = thread % CHUNKS;
  const int32_t pixels = p.window.batches * p.window.out_h * p.window.out_w;
  const int32_t first_pixel = static_cast<int32_t>(blockIdx.x) * BM, first_channel = static_cast<int32_t>(blockIdx.y) * BN;
  const int32_t zero = word_of(p.in_zero, p.in_zero, p.in_zero, p.in_zero);
  Corner corners[A];
#pragma unroll
  for (int i = 0; i < A; ++i) {  // a pixel too many computes what the last one does
    const int32_t pixel = first_pixel + row + i * ROWS;
    corners[i] = corner(p.window, pixel < pixels ? pixel : pixels - 1);
  }
  int4 a[A], b[B];
  const auto fetch = [&](int32_t start) {
    const int32_t at = start + chunk * CHUNK;
    if (at >= p.depth) {
      return;
    }
    Tap taps[UNITS];
#pragma unroll
    for (int i = 0; i < UNITS; ++i) {
      taps[i] = tap(p.window, at / UNIT + i);
    }
#pragma unroll
    for (int i = 0; i < A; ++i) {
      a[i] = Gather<UNIT>::load(p.window, x, corners[i], taps, zero);
    }
#pragma unroll
    for (int i = 0; i < B; ++i) {
      const int32_t channel = first_channel + row + i * ROWS;
      b[i] = row + i * ROWS < BN && channel < p.out_c
                 ? *reinterpret_cast<const int4 *>(p.weights + (channel * p.depth + at))
                 : make_int4(0, 0, 0, 0);
    }
  };
  Product product;
  fetch(0);
  for (int32_t start = 0, buffer = 0; start < p.depth; start += STEP, buffer ^= 1) {
    if (start + chunk * CHUNK < p.depth) {
#pragma unroll
      for (int i = 0; i < A; ++i) {
        *reinterpret_cast<int4 *>(&tiles.a[buffer][row + i * ROWS][4 * chunk]) = a[i];
      }
#pragma unroll
      for (int i = 0; i < B; ++i) {
        if (row + i * ROWS < BN) {
          *reinterpret_cast<int4 *>(&tiles.b[buffer][row + i * ROWS][4 * chunk]) = b[i];
        }
      }
    }
    __syncthreads();  // the other buffer is written next, which nobody reads any more: this was passed after reading it
    fetch(start + STEP);
    product.multiply(tiles.a[buffer], tiles.b[buffer], p.depth - start < STEP ? p.depth - start : STEP);
  }
  product.each([&](int32_t i, int32_t j, int32_t acc) {
    const int32_t pixel = first_pixel + i, channel = first_channel + j;
    if (pixel < pixels && channel < p.out_c) {
      y[pixel * p.out_c + channel] = ek_requantize_int8(ek_wrap_add(acc, p.bias[channel]), p.multiplier[channel],
                                                   p.shift[channel], p.out_zero, p.low, p.high);
    }
  });
}

template <class Product>
void launch_conv_2d(const ek_cuda_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  const int32_t pixels = p.window.batches * p.window.out_h * p.window.out_w;
  const dim3 grid(static_cast<unsigned>(blocks(pixels, Product::BM)), static_cast<unsigned>(blocks(p.out_c, Product::BN)));
  switch (p.unit) {
    case 16:
      return launch(conv_2d<Product, 16>, grid, dim3(THREADS), stream, p, x, y);
    case 4:
      return launch(conv_2d<Product, 4>, grid, dim3(THREADS), stream, p, x, y);
    default:
      return launch(conv_2d<Product, 1>, grid, dim3(THREADS), stream, p, x, y);
  }
}

constexpr int32_t MANY = 128;  // blocks that fill a GPU: large tiles only where there are more

// The tile: narrow for few channels, large for large images, else small, so that there are more blocks.
template <template <int32_t, int32_t, int32_t> class Product>
void choose_conv_2d(const ek_cuda_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  const int32_t pixels = p.window.batches * p.window.out_h * p.window.out_w;
  if (p.out_c <= 16) {
    return launch_conv_2d<Product<64, 16, 4>>(p, x, y, stream);
  }
  if (blocks(pixels, 64) * blocks(p.out_c, 64) >= MANY) {
    return launch_conv_2d<Product<64, 64, 2>>(p, x, y, stream);
  }
  return launch_conv_2d<Product<32, 32, 2>>(p, x, y, stream);
}

}  // namespace ek

#endif
