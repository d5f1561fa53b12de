package dev.satchel.benchmarks.loops;

/** A resize as one would write it by hand: arrays, loops, what depends on the sizes alone computed once. */
public interface Loop {
    /** Gives whether the result is {@link #floats}; else it is {@link #bytes}. */
    boolean floating();

    /** Fills {@link #bytes} or {@link #floats} with the resized RGB picture. */
    void resize(byte[] rgb);

    byte[] bytes();

    float[] floats();

    /** Gives the loop of a method for one size of pictures. */
    static Loop of(String method, int width, int height, int side) {
        return switch (method) {
            case "pillow.nearest", "tf.nearest", "opencv.nearest" -> new NearestLoop(method, width, height, side);
            case "tf.bilinear" -> new TfBilinearLoop(width, height, side);
            case "tf.bicubic" -> new TfBicubicLoop(width, height, side);
            case "tf.area", "tf.bilinear_antialias" -> new TfSpanLoop(method, width, height, side);
            case "opencv.linear" -> new OpencvLinearLoop(width, height, side);
            case "opencv.area" -> new OpencvAreaLoop(width, height, side);
            default -> new PillowLoop(method, width, height, side);
        };
    }
}
