#!/usr/bin/python3
"""Fills an empty Tryton 6.0 database as a small retail company.

Reads one JSON document (what to fill in) from standard input; prints one line of JSON: what was made, by Tryton's ids.
Speaks to the database itself through proteus, so no server runs meanwhile.
"""
import datetime
import json
import os
import sys
from decimal import Decimal

from proteus import Model, Wizard, config

# Administrators of sales may process one again that a stopped server left behind; those of accounts may delete drafts.
GROUPS = ['Sales', 'Sales Administrator', 'Stock', 'Stock Force Assignment', 'Account', 'Account Administration']
WISH = json.load(sys.stdin)
config.set_trytond(os.environ['SEED_DATABASE'], config_file=os.environ['TRYTOND_CONFIG'])
get = Model.get


def made(model, **values):
    record = get(model)(**values)
    record.save()
    return record


def make_company():
    currency = get('currency.currency')(name=WISH['currency'], symbol=WISH['currency'], code=WISH['currency'], digits=2,
                                        rounding=Decimal('0.01'))
    rate = currency.rates.new()
    rate.date = datetime.date(2020, 1, 1)
    rate.rate = Decimal('1.0')
    currency.save()
    wizard = Wizard('company.company.config')
    wizard.execute('company')
    wizard.form.party = made('party.party', name=WISH['company'])
    wizard.form.currency = currency
    wizard.form.timezone = 'Europe/Berlin'
    wizard.execute('add')
    session = config.get_config()
    session._context = get('res.user').get_preferences(True, session.context)
    company, = get('company.company').find()
    return company


def make_chart(company):
    data, = get('ir.model.data').find([('module', '=', 'account'), ('fs_id', '=', 'account_template_root_en')])
    wizard = Wizard('account.create_chart')
    wizard.execute('account')
    wizard.form.account_template = get('account.account.template')(data.db_id)
    wizard.form.company = company
    wizard.execute('create_account')

    def account(*domain):
        return get('account.account').find([('company', '=', company.id), *domain], limit=1)[0]
    accounts = {kind: account(('type.' + kind, '=', True)) for kind in ('receivable', 'payable', 'revenue', 'expense')}
    accounts['cash'] = account(('name', '=', 'Main Cash'))
    accounts['tax'] = account(('name', '=', 'Main Tax'))
    wizard.form.account_receivable = accounts['receivable']
    wizard.form.account_payable = accounts['payable']
    wizard.execute('create_properties')
    configuration = get('account.configuration')(1)
    # As tills do: tax is rounded line by line.
    configuration.tax_rounding = 'line'
    configuration.save()
    return accounts


def make_years(company):
    kinds = get('ir.sequence.type')
    move_kind, = kinds.find([('name', '=', 'Account Move')])
    invoice_kind, = kinds.find([('name', '=', 'Invoice')])
    for year in WISH['years']:
        fiscal = get('account.fiscalyear')(name=str(year), company=company)
        fiscal.start_date = datetime.date(year, 1, 1)
        fiscal.end_date = datetime.date(year, 12, 31)
        fiscal.post_move_sequence = made('ir.sequence', name='Moves %s' % year, sequence_type=move_kind, company=company)
        numbers = made('ir.sequence.strict', name='Invoices %s' % year, sequence_type=invoice_kind, prefix='%s-' % year,
                       company=company)
        row, = fiscal.invoice_sequences
        for kind in ('out_invoice', 'in_invoice', 'out_credit_note', 'in_credit_note'):
            setattr(row, kind + '_sequence', numbers)
        fiscal.save()
        fiscal.click('create_period')


def make_taxes(accounts):
    return {rate: made('account.tax', name='VAT %s' % rate, description='VAT %s %%' % rate, type='percentage',
                       rate=Decimal(rate) / 100, invoice_account=accounts['tax'], credit_note_account=accounts['tax'])
            for rate in WISH['taxes']}


def make_payment_methods(accounts):
    journal, = get('account.journal').find([('type', '=', 'cash')], limit=1)
    for name in WISH['paymentMethods']:
        # An account of its own each, so that what came in by each tender can be read from the books.
        account = get('account.account')(accounts['cash'].duplicate()[0].id)
        account.name = 'Till ' + name
        account.save()
        made('account.invoice.payment.method', name=name, journal=journal, credit_account=account, debit_account=account)


def make_stores():
    lost, = get('stock.location').find([('type', '=', 'lost_found')], limit=1)
    stores = {}
    for store in WISH['stores']:
        floor = made('stock.location', name=store['name'] + ' shop floor', type='storage', code=store['code'] + '-FLOOR')
        yard = made('stock.location', name=store['name'] + ' goods in', type='storage', code=store['code'] + '-IN')
        warehouse = made('stock.location', name=store['name'], code=store['code'], type='warehouse', input_location=yard,
                         storage_location=floor, output_location=floor, lost_found_location=lost)
        stores[store['code']] = {'warehouse': warehouse.id, 'storage': floor.id}
    return stores


def make_products(accounts, taxes):
    units = {}
    for code, name in (('EA', 'Unit'), ('KGM', 'Kilogram')):
        units[code], = get('product.uom').find([('name', '=', name)])
    # Scales weigh to the gram.
    units['KGM'].rounding = 0.001
    units['KGM'].digits = 3
    units['KGM'].save()
    categories = {}
    for rate in WISH['taxes']:
        categories[rate] = get('product.category')(name='Goods %s' % rate, accounting=True, account_expense=accounts['expense'],
                                                   account_revenue=accounts['revenue'])
        categories[rate].customer_taxes.append(taxes[rate])
        categories[rate].save()
    ids = {}
    for item in WISH['products']:
        template = get('product.template')(name=item['name'], default_uom=units[item['uom']], type=item['type'], salable=True,
                                           list_price=Decimal(item['netPrice']), account_category=categories[item['tax']])
        variant, = template.products
        variant.suffix_code = item['code']
        template.save()
        ids[item['code']] = template.products[0].id
    return ids


def open_stock(stores, products):
    goods = [item for item in WISH['products'] if item['type'] == 'goods']
    for store in stores.values():
        inventory = get('stock.inventory')(location=get('stock.location')(store['storage']))
        inventory.date = datetime.date.fromisoformat(WISH['openingDate'])
        for item in goods:
            line = inventory.lines.new(product=get('product.product')(products[item['code']]))
            line.quantity = float(WISH['openingStock'])
            line.expected_quantity = 0.0
        inventory.click('confirm')


def make_user(company):
    user = get('res.user')(name='Tillsync', login=WISH['user'], password=WISH['password'])
    for group in get('res.group').find([('name', 'in', GROUPS)]):
        user.groups.append(group)
    user.company = company
    user.companies.append(company)
    user.save()
    user.company = company
    user.save()


def print_plainly():
    """Tryton prints every invoice that it posts; nobody reads those of a till, and a page of text costs a third of the time."""
    report, = get('ir.action.report').find([('report_name', '=', 'account.invoice')])
    report.template_extension = 'txt'
    report.extension = ''
    report.report_content_custom = b'${records[0].number}'
    report.save()


company = make_company()
accounts = make_chart(company)
make_years(company)
taxes = make_taxes(accounts)
make_payment_methods(accounts)
for party in WISH['customers']:
    made('party.party', name=party['name'], code=party['code'])
stores = make_stores()
products = make_products(accounts, taxes)
open_stock(stores, products)
make_user(company)
print_plainly()
print(json.dumps({'company': company.id, 'stores': stores, 'products': products}))
