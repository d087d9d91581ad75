/* 1x1 convolution, int8, NHWC, 16 or 24 input channels, one output channel, every second pixel: Helium, spans of a row. */
#ifndef EDGEKIT_POINTWISE_SPANS_MVE_H
#define EDGEKIT_POINTWISE_SPANS_MVE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Assembly knows the places of these fields. */
typedef struct {
  const int32_t *stream; /* the bias 8 times, the multiplier and the second multiplier 4 times, the filter, a multiple of 16 */
  int32_t out_zero;
  const int32_t *steps; /* bytes from a span's last pixel to the next span, one for each */
  int32_t multiplier;
  int32_t outputs; /* of a span */
  int32_t spans;
} ek_pointwise_spans_mve_t;

/* <inputs>x<outputs of a span>. */
void ek_pointwise_spans_mve_16x5(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_16x6(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_16x7(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_16x8(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_24x5(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_24x6(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_24x7(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);
void ek_pointwise_spans_mve_24x8(const ek_pointwise_spans_mve_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
