/* 2-D transposed convolution, int8, NHWC. */
#ifndef EDGEKIT_TRANSPOSE_CONV_H
#define EDGEKIT_TRANSPOSE_CONV_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c;
  int32_t kernel_h, kernel_w, stride_h, stride_w, pad_top, pad_left; /* padding of the convolution that would undo it */
  int32_t in_zero, out_zero, low, high;                              /* zero points; clamp of the fused activation */
  const int8_t *weights;                                             /* by filters, in phases: see below */
  const int32_t *bias;                                               /* (out_c) */
  const int32_t *multiplier;                                         /* (out_c), Q31 */
  const int8_t *shift;                                               /* (out_c) */
} ek_transpose_conv_t;

/* Weights of a filter: by the remainder of ky, then of kx by the stride; of each the taps that have them, rows and columns from the
 * last to the first, in_c of each. */
void ek_transpose_conv(const ek_transpose_conv_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
