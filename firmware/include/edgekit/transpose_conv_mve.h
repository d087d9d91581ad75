/* 2-D transposed convolution, int8, NHWC: the Helium form. */
#ifndef EDGEKIT_TRANSPOSE_CONV_MVE_H
#define EDGEKIT_TRANSPOSE_CONV_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A phase are the outputs whose row and column have the same remainders by the strides, a line one of a phase. */
typedef struct {
  int32_t batches, in_h, in_w, in_c, out_h, out_w, out_c, stride_h, stride_w;
  int32_t in_zero, out_zero, low, high; /* zero points; clamp of the fused activation */
  int32_t steps, paired;                /* as in conv_2d_mve.h; paired 1: in_c a multiple of 4, ways 0 */
  int32_t strip;                        /* bytes of scratch before a line of outputs, a multiple of 16 */
  const int32_t *down;                  /* (stride_h, 2): rows of taps, padding above */
  const int32_t *across;                /* (stride_w, 2): columns of taps, padding on the left, not negative */
  const int32_t *ways;                  /* (stride_h, stride_w): 1 block by block, all windows of a line each; 0 window by window */
  const int8_t *weights;                /* phase by phase as in conv_2d_mve.h, of strips */
  const int32_t *table;                 /* likewise */
} ek_transpose_conv_mve_t;

/* scratch: `strip`, the windows of a line, columns of all rows of taps, and 15; a line of the outputs of a phase. */
void ek_transpose_conv_mve(const ek_transpose_conv_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch);

#ifdef __cplusplus
}
#endif
#endif
