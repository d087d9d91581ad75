/* Strided copies of blocks of bytes: transposition, strided slices, plain copies. */
#ifndef EDGEKIT_COPY_H
#define EDGEKIT_COPY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  int32_t count, dims[6], strides[6]; /* blocks of the output; strides of the input in bytes, negative ones walk back */
  int32_t start, block;               /* bytes before the first block; bytes in a block */
} ek_copy_t;

void ek_copy(const ek_copy_t *p, const void *x, void *y);

#ifdef __cplusplus
}
#endif
#endif
