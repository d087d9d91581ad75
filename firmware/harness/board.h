/* What the harness needs from a board. */
#ifndef EDGEKIT_BOARD_H
#define EDGEKIT_BOARD_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

void board_init(void);

/* One byte to the host; blocks while the transmitter is full. */
void board_put(uint8_t byte);

/* The next byte from the host, 0..255, or -1 when there is none yet. */
int board_get(void);

/* A free-running counter and its frequency in Hz. */
uint64_t board_ticks(void);
uint32_t board_ticks_hz(void);

/* Name of the counter's unit: "cycles" (DWT), "instructions" (emulator) or "ticks". */
const char *board_ticks_unit(void);

/* Largest number of stack bytes used since reset, 0 where the board cannot tell. */
uint32_t board_stack_used(void);

#ifdef __cplusplus
}
#endif
#endif
