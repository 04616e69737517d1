package dev.sandboxer.config.yaml;

import dev.sandboxer.config.yaml.YamlNode.Broken;
import dev.sandboxer.config.yaml.YamlNode.Entry;
import dev.sandboxer.config.yaml.YamlNode.Mapping;
import dev.sandboxer.config.yaml.YamlNode.Sequence;
import dev.sandboxer.config.yaml.YamlNode.Text;
import dev.sandboxer.profiles.Spelling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Reads one YAML document into nodes that know their position.
 *
 * <p>Works on the parser's events, which keep each scalar's text as written, since its type depends on its key. An alias shares the node
 * that it names, to save memory. It counts as that node and all nodes below it, so {@link #MAX_NODES} also limits nested aliases.
 */
public final class YamlReader {
    public static final int MAX_NODES = 20_000;
    public static final int DEEPEST = 20;

    private final ParserImpl events;
    private final Problems problems;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();
    private int nodes;

    private YamlReader(String text, Problems problems) {
        // one buffer for the whole text: snakeyaml-engine 3.0.1 fails if a surrogate pair lies across the end of a
        // buffer (1,025 chars by
        // default)
        LoadSettings settings =
                LoadSettings.builder().setBufferSize(text.length() + 2).build();
        this.events = new ParserImpl(settings, new StreamReader(settings, text));
        this.problems = problems;
    }

    /** Returns the document. Returns null for an empty text, and after reporting a syntax error. */
    public static @Nullable YamlNode read(String text, Problems problems) {
        try {
            return new YamlReader(text, problems).document();
        } catch (YamlLimitException e) {
            problems.add(e.line(), e.column(), e.path(), e.problem());
        } catch (RuntimeException e) {
            YamlSyntax.report(e, text, problems);
        }
        return null;
    }

    private @Nullable YamlNode document() {
        expect(Event.ID.StreamStart);
        if (events.checkEvent(Event.ID.StreamEnd)) {
            return null;
        }
        expect(Event.ID.DocumentStart);
        YamlNode root = node("", 0);
        expect(Event.ID.DocumentEnd);
        if (!events.checkEvent(Event.ID.StreamEnd)) {
            Event next = events.next();
            problems.add(line(next), column(next), "", "a second document begins here; only one is read");
        }
        return root;
    }

    private YamlNode node(String path, int depth) {
        Event event = events.next();
        count(1, event, path);
        if (depth > DEEPEST) {
            throw new YamlLimitException(
                    line(event), column(event), path, "nested more than " + DEEPEST + " levels deep");
        }
        return switch (event) {
            case AliasEvent alias -> aliased(alias, path);
            case ScalarEvent scalar -> {
                var text = new Text(scalar.getValue(), scalar.isPlain(), line(scalar), column(scalar));
                yield completed(text, scalar, scalar.getTag(), 0, path);
            }
            case CollectionStartEvent start -> {
                int before = nodes;
                YamlNode node =
                        start instanceof MappingStartEvent ? mapping(start, path, depth) : sequence(start, path, depth);
                yield completed(node, start, start.getTag(), nodes - before, path);
            }
            default -> throw new IllegalStateException("expected a value, got " + event.getEventId());
        };
    }

    /** Reports a tag as a problem, and remembers an anchor with the number of nodes below it. */
    private YamlNode completed(YamlNode node, NodeEvent event, Optional<String> tag, int nodesBelow, String path) {
        YamlNode completed = tag.map(text -> {
                    problems.add(
                            node,
                            path,
                            "YAML tags (here " + Spelling.shortened(text) + ") are not supported; remove them");
                    return (YamlNode) new Broken(node.line(), node.column());
                })
                .orElse(node);
        event.getAnchor().ifPresent(anchor -> anchors.put(anchor, new Anchored(completed, nodesBelow)));
        return completed;
    }

    private YamlNode mapping(Event start, String path, int depth) {
        List<Entry> entries = new ArrayList<>();
        Map<String, Text> seen = new HashMap<>();
        while (!events.checkEvent(Event.ID.MappingEnd)) {
            YamlNode key = node(path, depth + 1);
            if (!(key instanceof Text text)) {
                if (!(key instanceof Broken)) {
                    problems.add(key, path, "a key must be plain text");
                }
                node(path, depth + 1);
                continue;
            }
            String keyPath = YamlNode.join(path, Spelling.shortened(text.value()));
            YamlNode value = node(keyPath, depth + 1);
            Text first = seen.putIfAbsent(text.value(), text);
            if (first == null) {
                entries.add(new Entry(text, value));
            } else {
                problems.add(text, keyPath, "appears twice, first in line " + first.line());
            }
        }
        events.next();
        return new Mapping(entries, line(start), column(start));
    }

    private YamlNode sequence(Event start, String path, int depth) {
        List<YamlNode> items = new ArrayList<>();
        while (!events.checkEvent(Event.ID.SequenceEnd)) {
            items.add(node(path + "[" + items.size() + "]", depth + 1));
        }
        events.next();
        return new Sequence(items, line(start), column(start));
    }

    private YamlNode aliased(AliasEvent alias, String path) {
        // An anchor is registered when its node is complete, so an alias never leads into itself.
        Anchored target = anchors.get(alias.getAlias());
        if (target == null) {
            problems.add(line(alias), column(alias), path, "*" + alias.getAlias() + " names no anchor before it");
            return new Broken(line(alias), column(alias));
        }
        count(target.nodesBelow, alias, path);
        return target.node;
    }

    private void count(int more, Event at, String path) {
        nodes += more;
        if (nodes > MAX_NODES) {
            throw new YamlLimitException(
                    line(at), column(at), path, "more than " + MAX_NODES + " values, aliases expanded");
        }
    }

    private void expect(Event.ID id) {
        Event event = events.next();
        if (event.getEventId() != id) {
            throw new IllegalStateException("expected " + id + ", got " + event.getEventId());
        }
    }

    private static int line(Event event) {
        return event.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static int column(Event event) {
        return event.getStartMark().map(mark -> mark.getColumn() + 1).orElse(0);
    }

    private record Anchored(YamlNode node, int nodesBelow) {}
}
