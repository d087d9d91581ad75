/* What `ek_conv_2d` computes for 3x3 windows of 2 channels into 10 or from 8 on, on Helium, of pictures of an even width with
 * one row and one column of padding on each side.
 *
 * Windows: a picture is in scratch with its columns of padding; windows are gathered there. A window has 18 taps: VMLADAVA takes
 * 16, the last two are multiplied by words of weights, four outputs at a time, when the sums are in vectors. The last two of
 * all four windows of a tile of 2x2 outputs are the same two inputs, those of its first pixel, so that each of the four has
 * weights of its own. Windows of the first and the last row have 12 taps inside.
 *
 * Blocking: a picture's regions, one after another: rows of tiles, the first row of outputs, the last one, four outputs at a
 * time. 8 filters of two pixels are requantized together; of ten filters the last two of all four.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr; r1 stream, r3 windows, r7 outputs, r5 output zero point or bytes to the tile's
 * other row of outputs, r9 and r11 the tile's inputs. Outputs of a vector are in the order 0 2 4 6 1 3 5 7; even ones fit
 * into 16 bits, so that odd ones are put between them without narrowing those. On the stack what LDM loads behind every
 * tile: end of the row, stream, places of the two inputs, bytes to the next outputs; from byte 20 on the rest of the
 * region's words; from 36 on output, scratch, next region, end of the regions, stream; input, parameters, pictures left.
 *
 * Budget: a tile 108 for 8 filters, 137 for 10; four outputs of an edge 83 and 107; a row of tiles 8, a region 19, a row of the
 * picture 3, the call 37. */
#include "edgekit/conv_2d_two_tiles_mve.h"

#define UNUSED __attribute__((unused))
#define SUMS "r0, r2, r4, r6, r8, r10, r12, lr"
#define LOADED "ldm r1!, {" SUMS "}\n"
#define LOADED_AND_R5 "ldm r1!, {r0, r2, r4, r5, r6, r8, r10, r12, lr}\n"
#define STREAM(d) "vldmia r1!, {" d "}\n"
#define GATHER(q, places) "vldrb.u8 " q ", [r3, " places "]\n"
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define TAPS(even, odd)                                                                          \
  "vmla.s32 " even ", q0, r9\n vmla.s32 " odd ", q1, r9\n vmla.s32 " even ", q2, r11\n vmla.s32 " odd ", q3, r11\n"
#define SCALED(q, m) "vqrdmulh.s32 " q ", " q ", " m "\n"
#define ROUNDED(q, m) "vqrdmlash.s32 " q ", " m ", r5\n"
#define SCALED_TWO SCALED("q6", "q0") SCALED("q7", "q1") ROUNDED("q6", "q2") ROUNDED("q7", "q3")
#define STORE(places) "vstrb.8 q7, [r7, " places "]\n"
/* Outputs of two pixels, byte by byte. */
#define TURNS(one, other) "vqmovnb.s16 q7, " one "\n vqmovnt.s16 q7, " other "\n"

/* Two pixels of a tile, of which q5 has the first one's places; the sums of that are in vectors last. */
#define TWO(first, next)                                                                         \
  GATHER("q7", "q5") first STREAM("d0-d13")                                                      \
  M("r0", "q0", "q7") M("r2", "q1", "q7") M("r4", "q2", "q7") M("r6", "q3", "q7") M("r8", "q4", "q7")   \
  M("r10", "q5", "q7") M("r12", "q6", "q7") STREAM("d0-d13") M("lr", "q0", "q7") "push {" SUMS "}\n"    \
  GATHER("q7", "q1") LOADED_AND_R5                                                               \
  M("r0", "q2", "q7") M("r2", "q3", "q7") M("r4", "q4", "q7") M("r6", "q5", "q7") M("r8", "q6", "q7")   \
  STREAM("d0-d13") M("r10", "q4", "q7") M("r12", "q5", "q7") M("lr", "q6", "q7")                 \
  "push {" SUMS "}\n vpop {d8-d15}\n" TAPS("q6", "q7") STREAM("d0-d7") TAPS("q4", "q5")          \
  STREAM("d0-d7") SCALED_TWO SCALED("q4", "q0") SCALED("q5", "q1") ROUNDED("q4", "q2") ROUNDED("q5", "q3") \
  "vmovnt.i32 q6, q7\n vmovnt.i32 q4, q5\n" TURNS("q6", "q4") next
/* Two neighbours of an edge, of which q6 and q5 have the places: sums of the even outputs, then of the odd ones. */
#define EDGE(next)                                                                               \
  GATHER("q7", "q6") GATHER("q6", "q5") LOADED_AND_R5 STREAM("d0-d11")                           \
  M("r0", "q0", "q6") M("r2", "q1", "q6") M("r4", "q2", "q6") M("r6", "q3", "q6")                \
  M("r8", "q0", "q7") M("r10", "q1", "q7") M("r12", "q2", "q7") M("lr", "q3", "q7") "push {" SUMS "}\n" LOADED \
  M("r0", "q4", "q6") M("r2", "q5", "q6") M("r8", "q4", "q7") M("r10", "q5", "q7") STREAM("d0-d11") \
  M("r4", "q4", "q6") M("r6", "q5", "q6") M("r12", "q4", "q7") M("lr", "q5", "q7")               \
  "push {" SUMS "}\n vpop {d8-d15}\n"                                                            \
  SCALED("q6", "q0") SCALED("q7", "q0") SCALED("q4", "q1") SCALED("q5", "q1")                    \
  ROUNDED("q6", "q2") ROUNDED("q7", "q2") ROUNDED("q4", "q3") ROUNDED("q5", "q3")                \
  "vmovnt.i32 q6, q4\n vmovnt.i32 q7, q5\n" TURNS("q7", "q6") next
#define TWO_END STREAM("d8-d11") STORE("q4")
#define EDGE_END STREAM("d8-d13") STORE("q4")
#define NOTHING

/* The last two of ten outputs of four pixels: sums of the first in r0 r2 r4 r6, of the second in r8 r10 r12 lr. */
#define MORE_END STREAM("d0-d13") STORE("q0")
#define PAIRS_STORED "vmovnt.i32 q6, q7\n vqmovnb.s16 q6, q6\n vstrb.16 q6, [r7, q4]\n"
#define MORE_OF_TILE                                                                             \
  GATHER("q7", "q1") LOADED M("r0", "q5", "q7") M("r8", "q6", "q7")                              \
  GATHER("q7", "q2") GATHER("q6", "q3") GATHER("q5", "q4") STREAM("d0-d9")                       \
  M("r2", "q0", "q7") M("r10", "q1", "q7") M("r4", "q2", "q6") M("r12", "q3", "q6") M("r6", "q4", "q5") \
  STREAM("d0-d9") M("lr", "q4", "q5") "push {" SUMS "}\n vpop {d12-d15}\n" TAPS("q6", "q7")       \
  STREAM("d0-d11") SCALED_TWO PAIRS_STORED
#define MORE_OF_EDGE                                                                             \
  GATHER("q7", "q3") GATHER("q0", "q4") GATHER("q3", "q5") GATHER("q4", "q6") LOADED             \
  M("r0", "q1", "q7") M("r8", "q2", "q7") M("r2", "q1", "q0") M("r10", "q2", "q0")               \
  M("r4", "q1", "q3") M("r12", "q2", "q3") M("r6", "q1", "q4") M("lr", "q2", "q4")               \
  "push {" SUMS "}\n vpop {d12-d15}\n" STREAM("d0-d9") SCALED_TWO PAIRS_STORED STREAM("d10-d13")

/* A picture's rows of so many words, with a word of zero points behind each; every instruction has 4 bytes. */
#define COPY(words, before)                                                                      \
  "vmov s" words ", r7\n 1:\n vldmia r1!, {s0-s" before "}\n vstmia r3!, {s0-s" words "}\n le lr, 1b\n b.w .Lcopied%=\n"
#define COPIES                                                                                   \
  COPY("2", "1") COPY("3", "2") COPY("4", "3") COPY("5", "4") COPY("6", "5") COPY("7", "6") COPY("8", "7") COPY("9", "8") \
  COPY("10", "9") COPY("11", "10") COPY("12", "11") COPY("13", "12") COPY("14", "13") COPY("15", "14") COPY("16", "15") \
  COPY("17", "16") COPY("18", "17") COPY("19", "18")

#define KERNEL(name, tile_end, tile, edge_end, edge)                                             \
  __attribute__((naked)) void ek_conv_2d_two_tiles_mve_##name(const ek_conv_2d_two_tiles_mve_t *p UNUSED, \
                                                              const int8_t *x UNUSED, int8_t *y UNUSED, \
                                                              uint8_t *scratch UNUSED) {         \
    __asm volatile(                                                                              \
        "push {r4-r11, lr}\n vpush {d8-d15}\n sub sp, #68\n ldr r12, [r0, #24]\n str r12, [sp, #64]\n" \
        ".Lpicture%=:\n ldm r0, {r4-r9}\n add r5, r4\n add r12, sp, #36\n stm r12, {r2-r6}\n"    \
        "adr.w r12, .Lcopies%=\n add r12, r9\n str r7, [r3], #4\n dls lr, r8\n bx r12\n"         \
        ".balign 4\n.Lcopies%=:\n" COPIES                                                        \
        ".Lcopied%=:\n strd r1, r0, [sp, #56]\n"                                                 \
        ".Lregion%=:\n ldrd r0, r1, [sp, #44]\n cmp r0, r1\n beq.w .Lend%=\n"                    \
        "ldm r0!, {r1-r12}\n str r0, [sp, #44]\n ldrd r0, lr, [sp, #36]\n"                       \
        "add r1, lr\n add r3, lr\n add r11, lr\n add r7, r0\n ldr r0, [sp, #52]\n add r2, r0\n"  \
        "stm sp, {r1, r2, r4, r5, r6, r8, r9, r10, r11}\n ldm sp, {r0, r1, r2, r4}\n"            \
        "vldrw.u32 q5, [r1, #-32]\n vldrw.u32 q6, [r1, #-16]\n cmp r12, #0\n bne.w .Ledge%=\n"   \
        ".Ltile%=:\n ldrsb r9, [r3, r2]\n ldrsb r11, [r3, r4]\n"                                 \
        TWO(LOADED, TWO_END) TWO(LOADED_AND_R5 "add r7, r5\n", tile_end) tile                    \
        "ldm sp, {r0, r1, r2, r4, r6}\n add r7, r6\n adds r3, #4\n cmp r3, r0\n bne.w .Ltile%=\n" \
        "ldrd r8, r9, [sp, #20]\n ldrd r10, r11, [sp, #28]\n add r3, r8\n add r7, r9\n add r0, r10\n str r0, [sp]\n" \
        "cmp r3, r11\n bne.w .Ltile%=\n b.w .Lregion%=\n"                                        \
        ".Ledge%=:\n" EDGE(EDGE_END) EDGE(edge_end) edge                                         \
        "ldm sp, {r0, r1, r2, r4, r6}\n add r7, r6\n adds r3, #8\n cmp r3, r0\n bne.w .Ledge%=\n b.w .Lregion%=\n" \
        ".Lend%=:\n ldr r5, [sp, #64]\n subs r5, #1\n beq 1f\n str r5, [sp, #64]\n"              \
        "ldrd r1, r0, [sp, #56]\n ldrd r2, r3, [sp, #36]\n ldr r4, [r0, #28]\n add r2, r4\n b.w .Lpicture%=\n" \
        "1:\n add sp, #68\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                   \
  }

KERNEL(eights, TWO_END, NOTHING, EDGE_END, NOTHING)
KERNEL(ten, MORE_END, MORE_OF_TILE, MORE_END, MORE_OF_EDGE)
