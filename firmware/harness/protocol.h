/* The serial protocol of the harness; docs/serial.md states it. */
#ifndef EDGEKIT_PROTOCOL_H
#define EDGEKIT_PROTOCOL_H

#ifdef __cplusplus
extern "C" {
#endif

/* Greets the host. Call once, after board_init. */
void ek_protocol_start(void);

/* Takes all bytes that have arrived and answers finished commands; call it again and again. */
void ek_protocol_poll(void);

#ifdef __cplusplus
}
#endif
#endif
