/* Constant padding, int8. */
#ifndef EDGEKIT_PAD_H
#define EDGEKIT_PAD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t bytes, start;               /* of the output; where its first block from the input goes */
  int32_t count, dims[6], strides[6]; /* blocks of the input; strides of the output in bytes */
  int32_t block, value;               /* bytes in a block; the border's integer */
} ek_pad_t;

void ek_pad(const ek_pad_t *p, const int8_t *x, int8_t *y);

#ifdef __cplusplus
}
#endif
#endif
