package dev.satchel.benchmarks.loops;

/** tf.image.resize, bilinear without antialias: each value of its four samples. */
final class TfBilinearLoop extends FloatLoop {
    /** The two samples that each output of an axis lies between, and how far it is from the first. */
    private record Pairs(int[] lower, int[] upper, float[] lerp) {}

    private final int width;
    private final int side;
    private final Pairs across;
    private final Pairs down;

    TfBilinearLoop(int width, int height, int side) {
        super(side);
        this.width = width;
        this.side = side;
        across = pairs(width, side);
        down = pairs(height, side);
    }

    @Override
    public void resize(byte[] rgb) {
        int place = 0;
        for (int y = 0; y < side; y++) {
            int above = down.lower[y] * width * 3;
            int below = down.upper[y] * width * 3;
            float lerp = down.lerp[y];
            for (int x = 0; x < side; x++) {
                int left = across.lower[x] * 3;
                int right = across.upper[x] * 3;
                float part = across.lerp[x];
                for (int c = 0; c < 3; c++) {
                    float top = mixed(rgb[above + left + c] & 255, rgb[above + right + c] & 255, part);
                    float bottom = mixed(rgb[below + left + c] & 255, rgb[below + right + c] & 255, part);
                    out[place++] = mixed(top, bottom, lerp);
                }
            }
        }
    }

    private static float mixed(float from, float to, float lerp) {
        return from + (to - from) * lerp;
    }

    private static Pairs pairs(int source, int target) {
        float scale = (float) source / target;
        Pairs found = new Pairs(new int[target], new int[target], new float[target]);
        for (int i = 0; i < target; i++) {
            float at = (i + 0.5f) * scale - 0.5f;
            float floor = (float) Math.floor(at);
            found.lower[i] = Math.max((int) floor, 0);
            found.upper[i] = Math.min((int) Math.ceil(at), source - 1);
            found.lerp[i] = at - floor;
        }
        return found;
    }
}
