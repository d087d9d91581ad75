/* Constant padding, int16. */
#ifndef EDGEKIT_PAD_S16_H
#define EDGEKIT_PAD_S16_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t elements, start;            /* of the output; where its first block from the input goes, in bytes */
  int32_t count, dims[6], strides[6]; /* blocks of the input; strides of the output in bytes */
  int32_t block, value;               /* bytes in a block; the border's integer */
} ek_pad_s16_t;

void ek_pad_s16(const ek_pad_s16_t *p, const int16_t *x, int16_t *y);

#ifdef __cplusplus
}
#endif
#endif
