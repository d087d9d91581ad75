// The kernels: each starts its work on `stream` and returns. Pointers are to the GPU's memory, but for the lists and `blocks` of
// concatenation and split.
#ifndef EDGEKIT_CUDA_KERNELS_H
#define EDGEKIT_CUDA_KERNELS_H

#include <cuda_runtime.h>

#include "edgekit/add.h"
#include "edgekit/concatenation.h"
#include "edgekit/copy.h"
#include "edgekit/cuda/products.h"
#include "edgekit/depthwise_conv_2d.h"
#include "edgekit/dequantize.h"
#include "edgekit/extremum.h"
#include "edgekit/lookup.h"
#include "edgekit/mul.h"
#include "edgekit/pad.h"
#include "edgekit/pool_2d.h"
#include "edgekit/prelu.h"
#include "edgekit/quantize.h"
#include "edgekit/reduce.h"
#include "edgekit/resize_bilinear.h"
#include "edgekit/resize_nearest_neighbor.h"
#include "edgekit/softmax.h"
#include "edgekit/split.h"
#include "edgekit/transpose_conv.h"

void ek_cuda_add(const ek_add_t &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream);
void ek_cuda_average_pool_2d(const ek_pool_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_concatenation(const ek_concatenation_t &p, const void *const *x, void *y, cudaStream_t stream);
void ek_cuda_conv_2d_dp4a(const ek_cuda_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_conv_2d_mma(const ek_cuda_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_copy(const ek_copy_t &p, const void *x, void *y, cudaStream_t stream);
void ek_cuda_depthwise_conv_2d(const ek_depthwise_conv_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_depthwise_conv_2d_dp4a(const ek_cuda_depthwise_conv_2d_t &p, const int8_t *x, int8_t *y,
                                    cudaStream_t stream);
void ek_cuda_dequantize(const ek_dequantize_t &p, const int8_t *x, float *y, cudaStream_t stream);
void ek_cuda_extremum(const ek_extremum_t &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream);
void ek_cuda_fully_connected_dp4a(const ek_cuda_fully_connected_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_lookup(const ek_lookup_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_max_pool_2d(const ek_pool_2d_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_mul(const ek_mul_t &p, const int8_t *a, const int8_t *b, int8_t *y, cudaStream_t stream);
void ek_cuda_pad(const ek_pad_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_prelu(const ek_prelu_t &p, const int8_t *x, const int8_t *alpha, int8_t *y, cudaStream_t stream);
void ek_cuda_quantize(const ek_quantize_t &p, const float *x, int8_t *y, cudaStream_t stream);
void ek_cuda_reduce(const ek_reduce_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_resize_bilinear(const ek_resize_bilinear_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_resize_nearest_neighbor(const ek_resize_nearest_neighbor_t &p, const void *x, void *y, cudaStream_t stream);
void ek_cuda_softmax(const ek_softmax_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);
void ek_cuda_split(const ek_split_t &p, const void *x, void *const *y, cudaStream_t stream);
void ek_cuda_transpose_conv(const ek_transpose_conv_t &p, const int8_t *x, int8_t *y, cudaStream_t stream);

#endif
