package dev.sandboxer.cli.terminal;

/** Prints text in lines of at most 80 columns; all but the first are indented. A longer word gets a line of its own. */
public final class Paragraph {
    private static final int WIDTH = 80;
    private static final String INDENT = "    ";

    private Paragraph() {}

    public static void print(Console console, String text) {
        var line = new StringBuilder();
        for (String word : Console.printable(text).split(" ")) {
            if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                console.print(line.toString());
                line.setLength(0);
                line.append(INDENT).append(word);
            } else {
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
        }
        console.print(line.toString());
    }
}
