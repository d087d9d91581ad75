/* The model and its input. Part of protocol.c. */
#ifndef EDGEKIT_INFERENCE_H
#define EDGEKIT_INFERENCE_H

#include <stdint.h>
#include <string.h>

#include "layers.h"
#include "model.h"

static model_arena_t arena;
static uint8_t input[MODEL_INPUT_BYTES]; /* kept apart from the arena: an inference overwrites its input */
static uint32_t run; /* which inference the arena holds: the host's number for it, 0 for none */

static void load(void) {
  uint32_t from = 0;
  for (int i = 0; i < MODEL_INPUTS; ++i) {
    memcpy(arena.bytes + ek_inputs[i].offset, input + from, ek_inputs[i].bytes);
    from += ek_inputs[i].bytes;
  }
}

#endif
