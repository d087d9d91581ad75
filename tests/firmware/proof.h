/* The table of cases that proof.c runs; proof.py writes it. */
#ifndef EDGEKIT_PROOF_H
#define EDGEKIT_PROOF_H

#include <stdint.h>

#include "layers.h"

typedef struct {
  uint32_t reads, writes;
  const ek_region_t *regions; /* what it reads, then what it may write */
} proof_layer_t;

typedef struct {
  const char *name;
  void (*invoke)(void *arena);
  void (*layer)(void *arena, int32_t index);
  uint32_t arena;
  int32_t layer_count;
  const proof_layer_t *layers;
  uint32_t input_count, output_count;
  const ek_region_t *inputs, *outputs;
  uint32_t samples, input_bytes, output_bytes; /* bytes of all inputs, of all outputs, of one sample */
  const uint8_t *data, *expected;
} proof_case_t;

extern const proof_case_t proof_cases[];
extern const uint32_t proof_case_count;

#endif
