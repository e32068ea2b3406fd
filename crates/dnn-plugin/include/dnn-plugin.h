/* The interface of shared-library plug-ins of dnn, version 1.
 *
 * A plug-in is a shared library with one function, dnn_plugin_describe, which gives a description that stays as it is for as
 * long as the process runs. It is loaded by a person, with `dnn --plugin FILE`, never by a model file. It can bring
 * activations that work entry by entry; examples/plugin-shared has two.
 */
#ifndef DNN_PLUGIN_H
#define DNN_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(_WIN32)
#define DNN_PLUGIN_EXPORT __declspec(dllexport)
#elif defined(__GNUC__)
#define DNN_PLUGIN_EXPORT __attribute__((visibility("default")))
#else
#define DNN_PLUGIN_EXPORT
#endif

/* The version of this interface; it changes with every change below. */
#define DNN_PLUGIN_INTERFACE 1u

/* What backward reads: the scores z, or what forward made of them, a. */
#define DNN_SAVED_INPUT 0u
#define DNN_SAVED_OUTPUT 1u

/* An activation a = g(z), entry by entry. All texts are UTF-8 and end with a zero.
 *
 * Its functions are called from several threads at once. They read and write nothing but the numbers they are given, give the
 * same answer wherever an entry stands, let NaN through, and return. `constants` holds one finite number for each of
 * constant_names, in their order; it is not to be read if there are none. `count` is the number of entries, and may be 0;
 * saved and delta do not overlap. */
struct dnn_activation {
    const char *name; /* "plug-in/activation": files and settings call it so; the slash keeps it apart from built-in ones */

    size_t constant_count;
    const char *const *constant_names; /* may be null if there are none */
    /* Null if these constants make an activation, else what is expected of them: "takes a limit above 0". The function may
     * itself be null: then any finite constants do. */
    const char *(*refuse)(const double *constants);

    uint32_t saved; /* DNN_SAVED_INPUT or DNN_SAVED_OUTPUT */

    /* a = g(z), in place. */
    void (*forward_f32)(const double *constants, size_t count, float *z);
    void (*forward_f64)(const double *constants, size_t count, double *z);
    /* dZ = dA * g'(z), in place: delta has dA in, dZ out. */
    void (*backward_f32)(const double *constants, size_t count, const float *saved, float *delta);
    void (*backward_f64)(const double *constants, size_t count, const double *saved, double *delta);
};

struct dnn_plugin {
    uint32_t interface; /* DNN_PLUGIN_INTERFACE; stands first in every version */
    const char *name;
    const char *version; /* of the plug-in, for people: that it computes something else is noticed by trying */
    size_t activation_count;
    const struct dnn_activation *activations;
};

/* The description, or null if the plug-in cannot be used. */
DNN_PLUGIN_EXPORT const struct dnn_plugin *dnn_plugin_describe(void);

#ifdef __cplusplus
}
#endif

#endif
