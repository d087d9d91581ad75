// Parameters of matrix products as the GPU takes them: packed when the model is generated.
//
// All of them take padding for the zero point, so that sum((x - in_zero) * w) is sum(x * w) less in_zero times the sum of a
// filter's weights, which is in the bias already.
#ifndef EDGEKIT_CUDA_PRODUCTS_H
#define EDGEKIT_CUDA_PRODUCTS_H

#include <stdint.h>

// Where a unit of the filter finds its input: for each, row * 65536 + (column & 65535), and the bytes from the window's
// corner. A unit that fills a filter up has row -32768, which lies in no image.
struct ek_cuda_window_t {
  int32_t batches, in_h, in_w, in_c, out_h, out_w;
  int32_t stride_h, stride_w, pad_top, pad_left;
  const int32_t *taps;  // (units, 2)
};

struct ek_cuda_conv_2d_t {
  ek_cuda_window_t window;
  int32_t out_c, in_zero, out_zero, low, high;
  int32_t depth;              // bytes of a packed filter, a multiple of 32
  int32_t unit;               // bytes that lie together in the input: 16, 4 or 1
  const int8_t *weights;      // (out_c, depth), zeros at the end
  const int32_t *bias;        // (out_c)
  const int32_t *multiplier;  // (out_c), Q31
  const int8_t *shift;        // (out_c)
};

struct ek_cuda_depthwise_conv_2d_t {
  ek_cuda_window_t window;  // a unit is one tap; their number is a multiple of 4
  int32_t in_zero, out_zero, low, high;
  int32_t quads;              // taps in fours
  const int8_t *weights;      // (in_c / 4, quads, 4 channels, 4 taps)
  const int32_t *bias;        // (in_c)
  const int32_t *multiplier;  // (in_c), Q31
  const int8_t *shift;        // (in_c)
};

struct ek_cuda_fully_connected_t {
  int32_t batches, in_c, out_c, out_zero, low, high;
  const int8_t *weights;      // (out_c, in_c)
  const int32_t *bias;        // (out_c)
  const int32_t *multiplier;  // (out_c), Q31
  const int8_t *shift;        // (out_c)
};

#endif
