"""Log-mel features by NumPy's plainest means, in double precision: python reference.py > reference.txt

Where librosa is installed, its own features are compared with these.
"""

import numpy as np

RATE, FRAME, SIZE, HOP, BANDS, FRAMES = 8000, 200, 256, 80, 12, 6

n = np.arange(500)
samples = ((3 * n * n + 17 * n) % 20011 - 10005) / 32768
padded = np.concatenate([samples, np.zeros(HOP * (FRAMES - 1) + SIZE - len(samples))])

window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)
dft = np.exp(-2j * np.pi * np.outer(np.arange(SIZE // 2 + 1), np.arange(FRAME)) / SIZE)
mel = np.linspace(0, 2595 * np.log10(1 + RATE / 2 / 700), BANDS + 2)
corners = 700 * (10 ** (mel / 2595) - 1)
hertz = np.arange(SIZE // 2 + 1) * RATE / SIZE
rise = (hertz - corners[:-2, None]) / (corners[1:-1] - corners[:-2])[:, None]
fall = (corners[2:, None] - hertz) / (corners[2:] - corners[1:-1])[:, None]
triangles = np.maximum(0, np.minimum(rise, fall))

frames = np.stack([padded[HOP * i : HOP * i + FRAME] for i in range(FRAMES)])
power = np.abs((frames * window) @ dft.T) ** 2
features = np.log(np.maximum(power @ triangles.T, 1e-10))

try:
    import librosa
except ImportError:
    pass
else:
    # librosa puts a shorter window into the middle of its frame, so the samples are shifted by half of what is left.
    shift = (SIZE - FRAME) // 2
    shifted = np.concatenate([np.zeros(shift), padded])
    theirs = librosa.feature.melspectrogram(
        y=shifted, sr=RATE, n_fft=SIZE, hop_length=HOP, win_length=FRAME, window="hann", center=False,
        power=2.0, n_mels=BANDS, fmin=0.0, htk=True, norm=None,
    )[:, :FRAMES]
    assert np.allclose(np.log(np.maximum(theirs.T, 1e-10)), features, rtol=1e-4, atol=1e-4)

for frame in features:
    print(" ".join(f"{value:.9f}" for value in frame))
