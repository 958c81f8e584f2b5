/** A made-up day of one till as POSLog, in pieces, so that a test can write it as slowly as a till. */
export interface PoslogDay {
  readonly opening: string;
  readonly records: readonly string[];
  readonly closing: string;
  /** Of all sales, in cents. */
  readonly grossMinor: number;
}

export function poslogDay(options: { sales: number; workstation: string }): PoslogDay {
  let grossMinor = 0;
  const records = Array.from({ length: options.sales }, (_, i) => {
    const cents = 100 + ((i * 37) % 4_900);
    grossMinor += cents;
    return record(options.workstation, i + 1, (cents / 100).toFixed(2));
  });
  return {
    opening: '<?xml version="1.0" encoding="UTF-8"?>\n<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" MajorVersion="6">\n',
    records,
    closing: "</POSLog>\n",
    grossMinor,
  };
}

const record = (workstation: string, sequence: number, amount: string): string => `<Transaction>
<BusinessUnit><UnitID>17</UnitID></BusinessUnit><WorkstationID>${workstation}</WorkstationID><SequenceNumber>${sequence}</SequenceNumber>
<BusinessDayDate>2026-03-02</BusinessDayDate><BeginDateTime>2026-03-02T10:00:00</BeginDateTime><EndDateTime>2026-03-02T10:01:00</EndDateTime>
<CurrencyCode>EUR</CurrencyCode>
<RetailTransaction TransactionStatus="Delivered"><ItemCount>1</ItemCount>
<LineItem><SequenceNumber>1</SequenceNumber><Sale ItemType="Stock"><ItemID>4006</ItemID><Description>Article</Description>
<ActualSalesUnitPrice>${amount}</ActualSalesUnitPrice><ExtendedAmount>${amount}</ExtendedAmount><Quantity>1</Quantity></Sale></LineItem>
<LineItem><SequenceNumber>2</SequenceNumber><Tender TenderType="Cash" TypeCode="Sale"><Amount>${amount}</Amount></Tender></LineItem>
<Total TotalType="TransactionGrandAmount">${amount}</Total>
</RetailTransaction></Transaction>
`;
