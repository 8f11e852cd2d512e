SELECT array(), array(1, 2, 3)[0], array(1, 2, 3)[2], element_at(array(1, 2, 3), -1), get(array(1, 2), 5)
SELECT size(array(1, 2)), size(NULL), cardinality(array()), array_contains(array(1, 2), 2), array_contains(array(1, NULL), 3), array_position(array(5, 6), 6)
SELECT array_distinct(array(1, 2, 1, NULL, NULL)), array_sort(array(3, NULL, 1)), sort_array(array(3, NULL, 1)), sort_array(array(3, 1, 2), false), array_max(array(1, 3, 2)), array_min(array(NULL, 2))
SELECT array_join(array('a', NULL, 'b'), ','), array_join(array('a', NULL), ',', '?'), array_union(array(1, 2), array(2, 3)), array_intersect(array(1, 2), array(2, 3)), array_except(array(1, 2), array(2))
SELECT array_remove(array(1, 2, 1), 1), array_append(array(1), 2), array_prepend(array(1), 0), arrays_overlap(array(1, 2), array(2)), slice(array(1, 2, 3, 4), 2, 2), slice(array(1, 2, 3), -2, 2)
SELECT flatten(array(array(1, 2), array(3))), array_repeat('a', 3), concat(array(1), array(2, 3)), reverse(array(1, 2, 3)), arrays_zip(array(1, 2), array('a', 'b'))
SELECT named_struct('a', 1, 'b', 'x'), struct(1, 2), struct(1 AS p, 2 AS q).q, array(named_struct('a', 1))[0].a
SELECT array(1, 2) = array(1, 2), array(1, 2) < array(1, 3), struct(1, 'a') = struct(1, 'a'), struct(1, NULL) <=> struct(1, NULL)
SELECT array_contains(split('a,b', ','), 'b'), size(split('a,b,c', ',')), explode(split('x y', ' ')) AS w
SELECT array('a', 'b') || array('c'), array_compact(array(1, NULL, 2)), array_insert(array(1, 3), 2, 2)
SELECT k, count(*) FROM (SELECT array(1, id % 2) k FROM range(4)) GROUP BY k ORDER BY k
SELECT k.a, count(*) FROM (SELECT named_struct('a', id % 2) k FROM range(5)) GROUP BY k ORDER BY 1
SELECT DISTINCT struct(id % 2, 'x') s FROM range(4) ORDER BY s
