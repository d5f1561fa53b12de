package dev.satchel.benchmarks.loops;

/** A loop whose result is binary32. */
abstract class FloatLoop implements Loop {
    protected final float[] out;

    FloatLoop(int side) {
        out = new float[side * side * 3];
    }

    @Override
    public boolean floating() {
        return true;
    }

    @Override
    public byte[] bytes() {
        throw new IllegalStateException("the result is floats");
    }

    @Override
    public float[] floats() {
        return out;
    }
}
