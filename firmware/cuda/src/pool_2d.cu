// A block has 32 channels of one output pixel in x and slices of the window in y, which are joined in shared memory.
#include "edgekit/cuda/kernels.h"
#include "edgekit/cuda/launch.h"
#include "edgekit/values.h"

namespace {

constexpr int32_t CHANNELS = 32, SLICES = 8;

struct Sum {
  static __device__ int32_t start() { return 0; }
  static __device__ int32_t join(int32_t a, int32_t b) { return a + b; }
  static __device__ int32_t end(int32_t value, int32_t count) { return ek_average_value(value, count); }
};

struct Largest {
  static __device__ int32_t start() { return INT8_MIN; }
  static __device__ int32_t join(int32_t a, int32_t b) { return a > b ? a : b; }
  static __device__ int32_t end(int32_t value, int32_t) { return value; }
};

template <class Reduce>
__global__ void __launch_bounds__(CHANNELS *SLICES) pool(const ek_pool_2d_t p, const int8_t *x, int8_t *y) {
  __shared__ int32_t parts[SLICES][CHANNELS];
  const int32_t c = static_cast<int32_t>(blockIdx.y * CHANNELS + threadIdx.x);
  const int32_t slice = static_cast<int32_t>(threadIdx.y), slices = static_cast<int32_t>(blockDim.y);
  const int32_t pixel = static_cast<int32_t>(blockIdx.x);
  const int32_t ox = pixel % p.out_w, oy = pixel / p.out_w % p.out_h, n = pixel / p.out_w / p.out_h;
  const int32_t y0 = oy * p.stride_h - p.pad_top, x0 = ox * p.stride_w - p.pad_left;
  const int32_t top = y0 < 0 ? 0 : y0, bottom = y0 + p.kernel_h > p.in_h ? p.in_h : y0 + p.kernel_h;
  const int32_t left = x0 < 0 ? 0 : x0, right = x0 + p.kernel_w > p.in_w ? p.in_w : x0 + p.kernel_w;
  const int32_t width = right - left, count = (bottom - top) * width;
  int32_t value = Reduce::start();
  if (c < p.in_c) {
    const int8_t *corner = x + ((n * p.in_h + top) * p.in_w + left) * p.in_c + c;
    for (int32_t i = slice; i < count; i += slices) {
      value = Reduce::join(value, corner[(i / width * p.in_w + i % width) * p.in_c]);
    }
  }
  if (slices > 1) {  // the same for all threads of the block
    parts[slice][threadIdx.x] = value;
    __syncthreads();
    for (int32_t i = 1; slice == 0 && i < slices; ++i) {
      value = Reduce::join(value, parts[i][threadIdx.x]);
    }
  }
  if (slice == 0 && c < p.in_c) {
    y[pixel * p.in_c + c] = static_cast<int8_t>(ek_clamp(Reduce::end(value, count), p.low, p.high));
  }
}

template <class Reduce>
void launch_pool(const ek_pool_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  const unsigned slices = p.kernel_h * p.kernel_w >= 2 * SLICES ? SLICES : 1;
  const dim3 grid(static_cast<unsigned>(p.batches * p.out_h * p.out_w),
                  static_cast<unsigned>(ek::blocks(p.in_c, CHANNELS)));
  ek::launch(pool<Reduce>, grid, dim3(CHANNELS, slices), stream, p, x, y);
}

}  // namespace

void ek_cuda_average_pool_2d(const ek_pool_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  launch_pool<Sum>(p, x, y, stream);
}

void ek_cuda_max_pool_2d(const ek_pool_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream) {
  launch_pool<Largest>(p, x, y, stream);
}
