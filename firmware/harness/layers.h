/* The generated table of layers: where each writes its outputs in the arena. Only the harness links it. */
#ifndef EDGEKIT_LAYERS_H
#define EDGEKIT_LAYERS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  uint32_t offset, bytes; /* in the arena */
} ek_region_t;

typedef struct {
  uint32_t first, count; /* its outputs are ek_regions[first] and those after it */
} ek_layer_t;

typedef struct {
  uint32_t offset, bytes;
  float scale;
  int32_t zero_point;
  uint8_t width; /* bytes per element: 1 int8, 2 int16, 4 int32 or float */
  uint8_t is_float;
} ek_io_t;

extern const ek_region_t ek_regions[];
extern const ek_layer_t ek_layers[];
extern const ek_io_t ek_inputs[];
extern const ek_io_t ek_outputs[];

#ifdef __cplusplus
}
#endif
#endif
