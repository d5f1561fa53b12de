package dev.satchel.benchmarks;

import dev.satchel.BundleReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code file|stream BUNDLE KILOBYTES}: opens a bundle three times with every check, from its file or from a stream, whose bytes
 * are kept, while so much of the heap is taken by other things. It fails where the rest is too little.
 */
public final class Memory {
    private static final int TIMES = 3;

    private Memory() {}

    public static void main(String[] arguments) throws IOException {
        Path path = Path.of(arguments[1]);
        byte[][] taken = new byte[Integer.parseInt(arguments[2])][1 << 10];
        for (int time = 0; time < TIMES; time++) {
            if (arguments[0].equals("file")) {
                BundleReader.open(path.toFile()).verify();
            } else {
                try (InputStream bytes = Files.newInputStream(path)) {
                    BundleReader.open(bytes, "bundle").verify();
                }
            }
        }
        System.out.println(taken.length);
    }
}
