/* Bilinear resizing, int8, NHWC, with places in 1024ths of a pixel. */
#ifndef EDGEKIT_RESIZE_BILINEAR_H
#define EDGEKIT_RESIZE_BILINEAR_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t batches, in_h, in_w, channels, out_h, out_w;
  int32_t scale_h, offset_h, scale_w, offset_w; /* row y lies at y * scale_h + offset_h of the input */
} ek_resize_bilinear_t;

void ek_resize_bilinear(const ek_resize_bilinear_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
