import type { ProductFound } from "@tillsync/edge-agent/window-api";
import type { ReactNode } from "react";
import { Answered } from "../components/answered.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Facts } from "../components/facts.tsx";
import { Glyph } from "../components/glyph.tsx";
import { Notice } from "../components/notice.tsx";
import { Panel } from "../components/panel.tsx";
import { useFormats, useText } from "../language/language-context.tsx";
import { useAnswer } from "../port/use-answer.ts";
import { AsOf } from "./as-of.tsx";
import { Price } from "./price.tsx";

/** Articles that a text means, with what each costs now. */
export function Products({ wanted }: { readonly wanted: string }): ReactNode {
  const text = useText();
  const query = useAnswer("find-products", { text: wanted });
  return (
    <Panel title={text("look-up.products")}>
      <Answered query={query}>
        {({ rows, more, asOfMs }) => (
          <>
            <p role="status">{text("look-up.found", { n: rows.length, text: wanted })}</p>
            {rows.length === 0 ? <EmptyState glyph="info">{text("look-up.no-product", { text: wanted })}</EmptyState> : null}
            <ul className="found">
              {rows.map((row) => (
                <Product key={row.itemId} product={row} />
              ))}
            </ul>
            {more ? <Notice kind="info">{text("look-up.more")}</Notice> : null}
            <AsOf atMs={asOfMs} />
          </>
        )}
      </Answered>
    </Panel>
  );
}

function Product({ product }: { readonly product: ProductFound }): ReactNode {
  const text = useText();
  const formats = useFormats();
  const { itemId, description, gtins, status, ageRestriction, department, stock, uom } = product;
  const facts: (readonly [string, ReactNode])[] = [
    [text("look-up.price"), <Price key="price" product={product} />],
    [text("look-up.item"), itemId],
  ];
  if (gtins.length > 0) facts.push([text("look-up.codes"), gtins.join(", ")]);
  if (department !== null) facts.push([text("look-up.department"), department]);
  facts.push([text("look-up.stock"), stock === null ? text("look-up.not-counted") : `${formats.decimal(stock)} ${uom}`]);
  return (
    <li className={status === "blocked" ? "product product-blocked" : "product"}>
      <h3>{description}</h3>
      {status === "blocked" ? <Notice kind="failed">{text("look-up.blocked")}</Notice> : null}
      {status === "delisted" ? <Notice kind="info">{text("look-up.delisted")}</Notice> : null}
      {ageRestriction === null || ageRestriction === 0 ? null : (
        <p className="with-glyph product-age">
          <Glyph name="attention" />
          <strong>{text("look-up.age", { age: ageRestriction })}</strong>
        </p>
      )}
      <Facts facts={facts} />
    </li>
  );
}
