package dev.satchel.benchmarks.loops;

/** The sample under each place, as Pillow, tf.image and OpenCV find it. */
final class NearestLoop extends ByteLoop {
    private final int width;
    private final int[] across;
    private final int[] down;

    NearestLoop(String method, int width, int height, int side) {
        super(side);
        this.width = width;
        across = places(method, width, side);
        down = places(method, height, side);
    }

    @Override
    public void resize(byte[] rgb) {
        int place = 0;
        for (int y : down) {
            for (int x : across) {
                int at = (y * width + x) * 3;
                out[place] = rgb[at];
                out[place + 1] = rgb[at + 1];
                out[place + 2] = rgb[at + 2];
                place += 3;
            }
        }
    }

    private static int[] places(String method, int source, int target) {
        int[] found = new int[target];
        double grown = (double) source / target / 2;
        for (int i = 0; i < target; i++) {
            found[i] = switch (method) {
                case "pillow.nearest" -> (int) grown;
                case "tf.nearest" -> (int) ((i + 0.5f) * ((float) source / target));
                default -> (int) (i * (1 / ((double) target / source)));
            };
            grown += (double) source / target;
        }
        return found;
    }
}
