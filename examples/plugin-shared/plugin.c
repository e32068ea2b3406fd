/* A plug-in of dnn in C: two activations, for a dnn that need not be compiled again.
 *
 *     cc -O3 -shared -fPIC -I crates/dnn-plugin/include -o plugin.so examples/plugin-shared/plugin.c -lm
 *     dnn --plugin ./plugin.so …
 *
 * `"plugin-shared/softsign"` with its constant `limit`, and `"plugin-shared/bent"`, are then activations like any other.
 */
#include <math.h>

#include "dnn-plugin.h"

/* g(z) = z / (1 + |z| / limit), never beyond ± limit; g' = (1 − |a| / limit)². */

static const char *refuse_softsign(const double *limit)
{
    return *limit > 0.0 ? 0 : "takes a limit above 0";
}

static void softsign_f32(const double *limit, size_t count, float *z)
{
    for (size_t i = 0; i < count; i++)
        z[i] = z[i] / (1.0f + fabsf(z[i]) / (float)*limit);
}

static void softsign_f64(const double *limit, size_t count, double *z)
{
    for (size_t i = 0; i < count; i++)
        z[i] = z[i] / (1.0 + fabs(z[i]) / *limit);
}

static void softsign_back_f32(const double *limit, size_t count, const float *a, float *delta)
{
    for (size_t i = 0; i < count; i++) {
        float rest = 1.0f - fabsf(a[i]) / (float)*limit;
        delta[i] *= rest * rest;
    }
}

static void softsign_back_f64(const double *limit, size_t count, const double *a, double *delta)
{
    for (size_t i = 0; i < count; i++) {
        double rest = 1.0 - fabs(a[i]) / *limit;
        delta[i] *= rest * rest;
    }
}

/* g(z) = z + (√(z² + 1) − 1) / 2, the bent identity; g' = 1 + z / (2 √(z² + 1)). */

static void bent_f32(const double *none, size_t count, float *z)
{
    (void)none;
    for (size_t i = 0; i < count; i++)
        z[i] += 0.5f * (sqrtf(z[i] * z[i] + 1.0f) - 1.0f);
}

static void bent_f64(const double *none, size_t count, double *z)
{
    (void)none;
    for (size_t i = 0; i < count; i++)
        z[i] += 0.5 * (sqrt(z[i] * z[i] + 1.0) - 1.0);
}

static void bent_back_f32(const double *none, size_t count, const float *z, float *delta)
{
    (void)none;
    for (size_t i = 0; i < count; i++)
        delta[i] *= 1.0f + 0.5f * z[i] / sqrtf(z[i] * z[i] + 1.0f);
}

static void bent_back_f64(const double *none, size_t count, const double *z, double *delta)
{
    (void)none;
    for (size_t i = 0; i < count; i++)
        delta[i] *= 1.0 + 0.5 * z[i] / sqrt(z[i] * z[i] + 1.0);
}

static const char *const softsign_constants[] = {"limit"};

static const struct dnn_activation activations[] = {
    {
        .name = "plugin-shared/softsign",
        .constant_count = 1,
        .constant_names = softsign_constants,
        .refuse = refuse_softsign,
        .saved = DNN_SAVED_OUTPUT,
        .forward_f32 = softsign_f32,
        .forward_f64 = softsign_f64,
        .backward_f32 = softsign_back_f32,
        .backward_f64 = softsign_back_f64,
    },
    {
        .name = "plugin-shared/bent",
        .saved = DNN_SAVED_INPUT,
        .forward_f32 = bent_f32,
        .forward_f64 = bent_f64,
        .backward_f32 = bent_back_f32,
        .backward_f64 = bent_back_f64,
    },
};

static const struct dnn_plugin plugin = {
    .interface = DNN_PLUGIN_INTERFACE,
    .name = "plugin-shared",
    .version = "1.0.0",
    .activation_count = 2,
    .activations = activations,
};

DNN_PLUGIN_EXPORT const struct dnn_plugin *dnn_plugin_describe(void)
{
    return &plugin;
}
